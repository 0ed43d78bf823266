import { ledgerOption } from '../../lib/ledger/flags.ts';
import { metricsOption } from '../../lib/metrics/flag.ts';
import { withRunFlags } from '../../lib/run/flags.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Flags } from './run.ts';

export const createProgram = () =>
  withRunFlags(
    stepProgram(
      'conclude',
      'Runs report and alert one after the other, in one pod; --out is a directory.',
      'npx tsx bin/aftersync.ts conclude --deployment=steps/report/samples/deployment.json --ledger=ledger --config=steps/alert/samples/config.yaml --out=run',
    ),
  )
    .option('--event-file <file>', 'the event, as alert reads it')
    .addOption(ledgerOption())
    .addOption(metricsOption())
    .option('--dry-run', 'tell nobody, as alert does')
    .action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
