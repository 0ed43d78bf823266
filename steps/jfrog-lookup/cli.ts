import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Options } from './run.ts';

const SAMPLES = 'steps/jfrog-lookup/samples';
const EXAMPLE = `npx tsx steps/jfrog-lookup/cli.ts --deployment ${SAMPLES}/deployment.json --image-diff ${SAMPLES}/image-diff.json --regcred ${SAMPLES}/regcred.json --config ${SAMPLES}/config.yaml --out artifacts.json`;

export const createProgram = () =>
  stepProgram('jfrog-lookup', 'Look up the metadata of the deployed images in Artifactory.', EXAMPLE)
    .requiredOption('--deployment <file>', 'deployment.json of fetch-app')
    .requiredOption('--image-diff <file>', 'image-diff.json of diff-images')
    .requiredOption('--regcred <file>', '.dockerconfigjson with the credentials of Artifactory')
    .action(async (options: Options) => (await import('./run.ts')).run(options));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
