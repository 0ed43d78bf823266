import { Option } from 'commander';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Flags } from './run.ts';

export const createProgram = () =>
  stepProgram(
    'pipeline',
    'Runs the steps of post-deployment one after the other, each as a process, in one pod.',
    'npx tsx bin/aftersync.ts pipeline --event-file=steps/fetch-app/samples/event.json --regcred=steps/jfrog-lookup/samples/regcred.json --config=steps/fetch-app/samples/config.yaml --out=run',
  )
    .requiredOption('--event-file <file>', 'the event, as fetch-app reads it')
    .option('--regcred <file>', 'a .dockerconfigjson, as jfrog-lookup reads it')
    .addOption(new Option('--program <file>', 'what runs a step (default: the program that runs this one)').hideHelp())
    .action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
