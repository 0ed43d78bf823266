import { arch, cpus, platform, totalmem } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { badInput } from '../lib/runtime/failure.ts';
import { runProgram, runWhenInvoked, say } from '../lib/runtime/program.ts';
import type { Row } from './figure.ts';
import { FIGURES } from './figures.ts';
import { toTable } from './table.ts';

const LIST = Object.entries(FIGURES)
  .map(([name, { description }]) => `  ${name.padEnd(22)}${description}`)
  .join('\n');

export const createProgram = () =>
  new Command('bench')
    .description('Measures speed and size beside a reference in the same run; docs/performance.md keeps what came out.')
    .argument('[figures...]', 'which ones; all without')
    .option('--rounds <number>', 'how often each is measured', toRounds)
    .addHelpText(
      'after',
      `\nFigures:\n${LIST}\n\nNODE24 names the binary of the image's Node; KUBECONFIG a cluster with the demo overlay.`,
    )
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run(names: string[], { rounds }: { rounds?: number }): Promise<void> {
  const unknown = names.find(name => FIGURES[name] === undefined);
  if (unknown !== undefined) throw badInput('No such figure', unknown, `one of ${Object.keys(FIGURES).join(', ')}`);
  const rows: Row[] = [];
  for (const [name, figure] of Object.entries(FIGURES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    if (figure.needsCluster && !process.env.KUBECONFIG) {
      say(`${name}: skipped, KUBECONFIG names no cluster`);
      continue;
    }
    say(`${name}: ${figure.description}`);
    rows.push(...(await figure.measure(rounds ?? figure.rounds)));
  }
  const machine = `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}`;
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.versions.node}\n\n${toTable(rows)}`,
  );
}

function toRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError('A whole number from 1.');
  return rounds;
}

void runWhenInvoked(import.meta.url, main);
