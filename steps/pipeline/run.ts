import { mkdir } from 'node:fs/promises';
import { say } from '../../lib/runtime/program.ts';
import { runProcess } from './process.ts';
import { runPipeline } from './step.ts';

export interface Flags {
  eventFile: string;
  regcred?: string;
  out: string;
  config?: string;
  program?: string;
}

export async function run({ eventFile, regcred, out, config, program = process.argv[1] ?? '' }: Flags): Promise<void> {
  await mkdir(out, { recursive: true });
  await runPipeline(async stage => {
    say(`== ${stage.step}`);
    return runProcess([...process.execArgv, program], stage, { eventFile, regcred, config, directory: out });
  });
}
