import { ledgerOption } from '../../lib/ledger/flags.ts';
import { withRunFlags } from '../../lib/run/flags.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { AlertFlags } from './run.ts';

const SAMPLES = 'steps/alert/samples';
const EXAMPLE = `AFTERSYNC_WORKFLOW=checkout-1fb25ee9debbd0f5 AFTERSYNC_STATUS=Failed npx tsx steps/alert/cli.ts \\
    --deployment=${SAMPLES}/deployment.json --artifacts=${SAMPLES}/artifacts.json --evidence=${SAMPLES}/evidence.json \\
    --config=${SAMPLES}/config.yaml --ledger=ledger --out=alert.json`;

export const createProgram = () =>
  withRunFlags(stepProgram('alert', 'Tells people what a run left missing, once, and when it is mended.', EXAMPLE))
    .option(
      '--event-file <file>',
      'the event, as fetch-app reads it: says which operation it is where fetch-app failed',
    )
    .addOption(ledgerOption())
    .option('--dry-run', 'say what would be told; tell nobody')
    .action(async (flags: AlertFlags & { out: string }) => (await import('./run.ts')).run(flags, flags.out));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
