import { withRunFlags } from '../../lib/run/flags.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import { withSource } from '../../records/source-flags.ts';
import type { Flags } from './run.ts';

export const createProgram = () =>
  withSource(
    withRunFlags(
      stepProgram(
        'report',
        'Shows what a run deployed, what was recorded, what is missing and what to do, as one HTML page.',
        'npx tsx steps/report/cli.ts --deployment=steps/report/samples/deployment.json --image-diff=steps/report/samples/image-diff.json --out=report.html',
      ),
    ).option(
      '--record <id>',
      'a record instead of the files of a run, of --file or --ledger: it outlives its Workflow',
    ),
  ).action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
