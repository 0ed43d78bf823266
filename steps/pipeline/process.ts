import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Places, type Stage, toArgv } from './stages.ts';
import type { Ended } from './step.ts';

/**
 * Runs a stage as a process of its own: the same program that its pod would run, so that a crash or too little memory ends it
 * alone, and its reason is read from where Argo Workflows would read it.
 * @param program Node arguments that start aftersync
 */
export async function runProcess(program: readonly string[], stage: Stage, places: Places): Promise<Ended> {
  const scratch = await mkdtemp(join(tmpdir(), 'aftersync-'));
  try {
    const terminationLog = join(scratch, 'termination-log');
    await writeFile(terminationLog, '');
    const flags = stage.flags(places);
    // What a run before this one left would look like the work of this one.
    await rm(flags.out, { force: true });
    const config = places.config === undefined ? {} : { AFTERSYNC_CONFIG: places.config };
    const { exitCode } = await execa(process.execPath, [...program, stage.step, ...toArgv(flags)], {
      env: { ...config, AFTERSYNC_TERMINATION_LOG: terminationLog },
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      reject: false,
    });
    const said = await readFile(terminationLog, 'utf8');
    return { exitCode: exitCode ?? null, reason: withoutName(said, stage.step) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const withoutName = (said: string, step: string): string =>
  said.startsWith(`${step}: `) ? said.slice(step.length + 2) : said;
