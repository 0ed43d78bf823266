import { execa } from 'execa';
import { parse } from 'yaml';
import { badInput, refused } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { commandLine, runProgram, runWhenInvoked, say } from '../lib/runtime/program.ts';
import { type Advisory, Exceptions, judge } from './audit.ts';

const HELP = `
Example:
  npm run check:audit

Not every registry tells: where it does not, that is said, and nothing was checked.

Exit codes: 0 nothing is open or the registry does not tell, 1 a weakness that nobody accepted, 2 bad input.`;

export const createProgram = () =>
  commandLine('audit', 'Known weaknesses of the packages that are installed, as npm audit finds them.', HELP)
    .option('--exceptions <file>', 'what somebody looked at', 'supply-chain/audit-exceptions.yaml')
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run({ exceptions: path }: { exceptions: string }): Promise<void> {
  const on = `--exceptions=${path}`;
  const exceptions = parseAs(
    Exceptions,
    parse(await readInput(path, '--exceptions')) ?? [],
    on,
    'see supply-chain/audit.ts',
  );
  const { stdout, failed, code } = await execa('npm', ['audit', '--json'], { reject: false, timeout: 60_000 });
  if (failed && code === 'ENOENT') throw badInput('npm cannot be started', 'npm', 'install it');
  const verdict = judge(stdout, exceptions, new Date().toISOString().slice(0, 10));
  if (verdict === null) {
    say('audit: the registry does not tell; nothing was checked');
    return;
  }
  const { open, accepted, idle } = verdict;
  for (const advisory of accepted) say(`audit: accepted: ${lineOf(advisory)}`);
  for (const advisory of idle) say(`audit: ${advisory} is reported no more: take it out of ${path}`);
  const [first] = open;
  for (const advisory of open) say(`audit: ${lineOf(advisory)}`);
  if (first !== undefined)
    throw refused(
      'Known weakness',
      `${open.length}, the first: ${lineOf(first)}`,
      `update it, or say in ${path} why it does no harm`,
    );
  say('audit: no known weakness');
}

const lineOf = ({ name, range, severity, title, url }: Advisory): string =>
  `${severity}: ${name} ${range}: ${title} (${url})`;

await runWhenInvoked(import.meta.url, main);
