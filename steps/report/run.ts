import { wholeOf } from '../../lib/ledger/stored-record.ts';
import type { RunFlags } from '../../lib/run/flags.ts';
import { readRun } from '../../lib/run/read-run.ts';
import type { Run } from '../../lib/run/run.ts';
import { writeOutput } from '../../lib/runtime/files.ts';
import { noSuchRecord } from '../../records/collection.ts';
import { readSource } from '../../records/source.ts';
import type { SourceFlags } from '../../records/source-flags.ts';
import { readPlaces } from './places.ts';
import { runOfRecord } from './run-of-record.ts';
import { report } from './step.ts';

export interface Flags extends RunFlags, SourceFlags {
  out: string;
  record?: string;
}

export async function run(flags: Flags): Promise<void> {
  await writeOutput(flags.out, await report(await runOf(flags), await readPlaces(flags)));
}

async function runOf({ record, ...flags }: Flags): Promise<Run> {
  if (record === undefined) return readRun(flags);
  const { records } = await readSource(flags, { id: record });
  const kept = records.find(one => one.record.id === record);
  if (kept === undefined) throw noSuchRecord(`--record=${record}`);
  return runOfRecord(wholeOf(kept));
}
