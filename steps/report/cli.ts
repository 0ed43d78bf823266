import { wholeOf } from '../../lib/ledger/stored-record.ts';
import { type RunFlags, readRun, withRunFlags } from '../../lib/run/read-run.ts';
import type { Run } from '../../lib/run/run.ts';
import { writeOutput } from '../../lib/runtime/files.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import { noSuchRecord } from '../../records/collection.ts';
import { readSource, type SourceFlags, withSource } from '../../records/source.ts';
import { readPlaces } from './places.ts';
import { runOfRecord } from './run-of-record.ts';
import { report } from './step.ts';

interface Flags extends RunFlags, SourceFlags {
  out: string;
  record?: string;
}

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
  ).action(async (flags: Flags) => writeOutput(flags.out, await report(await runOf(flags), await readPlaces(flags))));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function runOf({ record, ...flags }: Flags): Promise<Run> {
  if (record === undefined) return readRun(flags);
  const { records } = await readSource(flags, { id: record });
  const kept = records.find(one => one.record.id === record);
  if (kept === undefined) throw noSuchRecord(`--record=${record}`);
  return runOfRecord(wholeOf(kept));
}

await runWhenInvoked(import.meta.url, main);
