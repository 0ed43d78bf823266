import { join } from 'node:path';
import { ledgerOption } from '../../lib/ledger/open.ts';
import { metricsOption, tellMetrics } from '../../lib/metrics/values.ts';
import { readRun, withRunFlags } from '../../lib/run/read-run.ts';
import { writeOutput } from '../../lib/runtime/files.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import { type AlertFlags, runAlert } from '../alert/run-alert.ts';
import { readPlaces } from '../report/places.ts';
import { report } from '../report/step.ts';
import { runMetrics } from './metrics.ts';

export const createProgram = () =>
  withRunFlags(
    stepProgram(
      'conclude',
      'Runs report and alert one after the other, in one pod; --out is a directory.',
      'npx tsx bin/aftersync.ts conclude --deployment=steps/report/samples/deployment.json --ledger=ledger --config=config.yaml --out=run',
    ),
  )
    .option('--event-file <file>', 'the event, as alert reads it')
    .addOption(ledgerOption())
    .addOption(metricsOption())
    .option('--dry-run', 'tell nobody, as alert does')
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

/** Neither waits for the other to be well: a page that cannot be made keeps nobody from being told. */
async function run(flags: AlertFlags & { out: string; metricsOut?: string }): Promise<void> {
  const results = await Promise.allSettled([
    (async () =>
      writeOutput(join(flags.out, 'report.html'), await report(await readRun(flags), await readPlaces(flags))))(),
    runAlert(flags, join(flags.out, 'alert.json')),
  ]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  await tellMetrics(runMetrics(await readRun(flags), new Date().toISOString()), flags.metricsOut);
}

await runWhenInvoked(import.meta.url, main);
