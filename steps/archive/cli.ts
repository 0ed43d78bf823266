import { metricsOption } from '../../lib/metrics/flag.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Flags } from './run.ts';

export const createProgram = () =>
  stepProgram(
    'archive',
    'Moves old records that nothing is missing of from the cluster to the archive.',
    'AFTERSYNC_NAMESPACE=argocd npx tsx steps/archive/cli.ts --config=steps/archive/samples/config.yaml --dry-run --out=archive.json',
  )
    .addOption(metricsOption())
    .option('--dry-run', 'say what would be moved; write and delete nothing')
    .action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
