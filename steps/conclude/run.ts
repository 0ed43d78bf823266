import { join } from 'node:path';
import { tellMetrics } from '../../lib/metrics/values.ts';
import { readRun } from '../../lib/run/read-run.ts';
import { writeOutput } from '../../lib/runtime/files.ts';
import { type AlertFlags, run as runAlert } from '../alert/run.ts';
import { readPlaces } from '../report/places.ts';
import { report } from '../report/step.ts';
import { runMetrics } from './metrics.ts';

export interface Flags extends AlertFlags {
  out: string;
  metricsOut?: string;
}

/** Neither waits for the other to be well: a page that cannot be made keeps nobody from being told. */
export async function run(flags: Flags): Promise<void> {
  const results = await Promise.allSettled([
    (async () =>
      writeOutput(join(flags.out, 'report.html'), await report(await readRun(flags), await readPlaces(flags))))(),
    runAlert(flags, join(flags.out, 'alert.json')),
  ]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  await tellMetrics(runMetrics(await readRun(flags), new Date().toISOString()), flags.metricsOut);
}
