import { Option } from 'commander';
import { STRATEGIES } from '../../lib/contracts/strategies.ts';
import { ledgerOption } from '../../lib/ledger/flags.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Options } from './run.ts';

const SAMPLES = 'steps/diff-images/samples';
const EXAMPLE = `npx tsx steps/diff-images/cli.ts --deployment ${SAMPLES}/deployment.json --diff ${SAMPLES}/app-diff.txt --config ${SAMPLES}/config.yaml --out image-diff.json`;

export const createProgram = () =>
  stepProgram('diff-images', 'Find the images that a sync deployed, and which of them changed.', EXAMPLE)
    .requiredOption('--deployment <file>', 'deployment.json of fetch-app')
    .addOption(
      new Option('--strategy <name>', 'how the images are found (default: evidence.strategy)').choices(STRATEGIES),
    )
    .option('--all', 'evidence is owed for every image, not only for the changed ones (default: evidence.images)')
    .option('--diff <file>', 'text of `argocd app diff`, instead of asking Argo CD')
    .option('--live <file>', 'manifests of what runs, instead of asking Argo CD')
    .option('--target <file>', 'manifests that it is compared with')
    .addOption(
      new Option('--deployed <side>', 'which side of --diff, or of --live and --target, was deployed')
        .choices(['live', 'target'])
        .default('live'),
    )
    .addOption(ledgerOption())
    .action(async (options: Options) => (await import('./run.ts')).run(options));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
