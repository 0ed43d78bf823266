import { type RunFlags, readRun, withRunFlags } from '../../lib/run/read-run.ts';
import { writeOutput } from '../../lib/runtime/files.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import { report } from './step.ts';

export const createProgram = () =>
  withRunFlags(
    stepProgram(
      'report',
      'Shows what a run deployed, what was recorded, what is missing and what to do, as one HTML page.',
      'tsx steps/report/cli.ts --deployment=steps/report/samples/deployment.json --image-diff=steps/report/samples/image-diff.json --out=report.html',
    ),
  ).action(async (flags: RunFlags & { out: string }) => writeOutput(flags.out, await report(await readRun(flags))));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

await runWhenInvoked(import.meta.url, main);
