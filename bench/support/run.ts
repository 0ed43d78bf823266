import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const USAGE = fileURLToPath(new URL('./usage.cjs', import.meta.url));
const Usage = z.object({ cpuMs: z.number(), mib: z.number() });

/** What one process took, from before it was started. */
export interface Taken extends z.infer<typeof Usage> {
  ms: number;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** Exit codes that are expected; others fail the measurement. */
  exitCodes?: readonly number[];
  /** Ends the process as soon as this is fulfilled, which is what is measured then. */
  until?: Promise<unknown>;
}

/** The Node that is measured: the image's, where NODE24 names its binary, else the one that runs this. */
export const NODE = process.env.NODE24 || process.execPath;

/** Runs a program of Node. @throws Error where it ends otherwise than expected */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Taken> {
  const { env = {}, exitCodes = [0], until } = options;
  const from = performance.now();
  const started = spawn(NODE, ['--require', USAGE, ...argv], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const said = started.stderr === null ? '' : text(started.stderr);
  const [, , , used] = started.stdio;
  if (!(used instanceof Readable)) throw new Error('file descriptor 3 is no pipe');
  const usage = text(used);
  const ended = new Promise<number | null>((resolve, reject) => started.on('error', reject).on('exit', resolve));
  await (until === undefined ? ended : Promise.race([until, ended]));
  const ms = performance.now() - from;
  if (until !== undefined && started.exitCode === null) started.kill('SIGTERM');
  const code = await ended;
  if (until === undefined ? !exitCodes.includes(code ?? -1) : code !== 0)
    throw new Error(`${argv.join(' ')} ended with ${code}: ${await said}`);
  return { ms, ...Usage.parse(JSON.parse(await usage)) };
}
