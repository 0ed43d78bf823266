import { headOption, ledgerOption } from '../../lib/ledger/flags.ts';
import { metricsOption } from '../../lib/metrics/flag.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Flags } from './run.ts';

const SAMPLES = 'steps/submit-evidence/samples';
const EXAMPLE = `npx tsx steps/submit-evidence/cli.ts --deployment=${SAMPLES}/deployment.json \\
    --artifacts=${SAMPLES}/artifacts.json --config=${SAMPLES}/config.yaml --dry-run --out=evidence.json`;

export const createProgram = () =>
  stepProgram('submit-evidence', 'Sends one record for each deployed artifact to the JET Evidence Store.', EXAMPLE)
    .requiredOption('--deployment <file>', 'deployment.json of fetch-app')
    .requiredOption('--artifacts <file>', 'artifacts.json of jfrog-lookup')
    .addOption(ledgerOption())
    .addOption(headOption())
    .addOption(metricsOption())
    .option('--dry-run', 'print what would be sent; ask neither ledger nor store')
    .action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
