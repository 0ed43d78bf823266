import { headOption, ledgerOption } from '../../lib/ledger/flags.ts';
import { metricsOption } from '../../lib/metrics/flag.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Flags } from './run.ts';

const SAMPLES = 'steps/submit-release/samples';
const EXAMPLE = `npx tsx steps/submit-release/cli.ts --deployment=${SAMPLES}/deployment.json --evidence=${SAMPLES}/evidence.json \\
    --change-window=${SAMPLES}/change-window.yaml --config=${SAMPLES}/config.yaml --dry-run --out=release.json`;

export const createProgram = () =>
  stepProgram('submit-release', 'Sends the release event of a production sync to the JET Evidence Store.', EXAMPLE)
    .requiredOption('--deployment <file>', 'deployment.json of fetch-app')
    .requiredOption('--evidence <file>', 'evidence.json of submit-evidence')
    .option('--change-window <file>', 'ChangeWindows, YAML or JSON, instead of those in the cluster')
    .addOption(ledgerOption())
    .addOption(headOption())
    .addOption(metricsOption())
    .option('--dry-run', 'print what would be sent; ask neither ledger nor store')
    .action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
