import { mkdir } from 'node:fs/promises';
import { Option } from 'commander';
import { runProgram, runWhenInvoked, say, stepProgram } from '../../lib/runtime/program.ts';
import { runProcess } from './process.ts';
import { runPipeline } from './step.ts';

interface Flags {
  eventFile: string;
  regcred?: string;
  out: string;
  config?: string;
  program?: string;
}

export const createProgram = () =>
  stepProgram(
    'pipeline',
    'Runs the steps of post-deployment one after the other, each as a process, in one pod.',
    'npx tsx bin/aftersync.ts pipeline --event-file=event.json --regcred=regcred.json --out=run --config=config.yaml',
  )
    .requiredOption('--event-file <file>', 'the event, as fetch-app reads it')
    .option('--regcred <file>', 'a .dockerconfigjson, as jfrog-lookup reads it')
    .addOption(new Option('--program <file>', 'what runs a step (default: the program that runs this one)').hideHelp())
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run({ eventFile, regcred, out, config, program = process.argv[1] ?? '' }: Flags): Promise<void> {
  await mkdir(out, { recursive: true });
  await runPipeline(async stage => {
    say(`== ${stage.step}`);
    return runProcess([...process.execArgv, program], stage, { eventFile, regcred, config, directory: out });
  });
}

await runWhenInvoked(import.meta.url, main);
