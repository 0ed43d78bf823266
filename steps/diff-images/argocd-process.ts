import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { badInput, type Failure, transient } from '../../lib/runtime/failure.ts';
import { type ArgocdAccess, argocdEnvironment } from './argocd-environment.ts';
import { argocdFailure } from './argocd-failure.ts';
import { readLogLine } from './argocd-log.ts';

/** Enough to hold what argocd says before it gives up. */
const MAX_SAID = 64 * 1024;

export interface ArgocdOptions extends ArgocdAccess {
  /** Time for one command, in milliseconds. */
  timeoutMs?: number;
}

/**
 * Runs argocd without a shell and hands its stdout on line by line. What it leaves in its temporary directory, which is
 * every object it compared, is removed.
 * @throws Failure 2 no binary, no rights, wrong configuration; 1 argocd said no; 75 no answer
 */
export async function runArgocd<T>(
  command: readonly string[],
  options: ArgocdOptions,
  read: (lines: AsyncIterable<string>) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'aftersync-argocd-'));
  try {
    const { binary, env, flags } = argocdEnvironment(options, directory);
    const subprocess = execa(binary, [...command, ...flags], {
      env,
      extendEnv: false,
      stdin: 'ignore',
      buffer: false,
      reject: false,
      timeout: options.timeoutMs ?? 120_000,
    });
    let said = '';
    subprocess.stderr.on('data', chunk => {
      said = (said + String(chunk)).slice(-MAX_SAID);
    });
    const [answer, end] = await Promise.allSettled([readToTheEnd(subprocess.iterable(), read), subprocess]);
    if (end.status === 'rejected') throw end.reason;
    const failure = failureOf(end.value, binary, said);
    if (failure !== null) throw failure;
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A reader that gives up must not close the pipe: argocd would end on that, and hide why. */
async function readToTheEnd<T>(
  lines: AsyncIterable<string>,
  read: (lines: AsyncIterable<string>) => Promise<T>,
): Promise<T> {
  const iterator = lines[Symbol.asyncIterator]();
  const next = () => iterator.next();
  try {
    return await read({ [Symbol.asyncIterator]: () => ({ next }) });
  } finally {
    while (!(await next()).done);
  }
}

/** What a process that did not end well makes of the run. */
function failureOf(
  end: { failed: boolean; code?: string; exitCode?: number; timedOut: boolean; signal?: string },
  binary: string,
  said: string,
): Failure | null {
  if (!end.failed) return null;
  if (end.timedOut) return transient('argocd did not finish in time', binary, 'it is tried again');
  if (end.signal !== undefined) return transient('argocd was ended', `${binary} by ${end.signal}`, 'it is tried again');
  if (end.exitCode === undefined)
    return badInput(
      'argocd cannot be started',
      `${binary} (${end.code ?? 'unknown reason'})`,
      'run the image that has it, name the binary in AFTERSYNC_ARGOCD, or use --strategy sync-result',
    );
  return argocdFailure(lastWords(said), end.exitCode);
}

/** The fatal line, or else the last one. */
function lastWords(said: string): string {
  const lines = said.split('\n').filter(line => line.trim() !== '');
  const logged = lines.map(line => readLogLine(line.trim()));
  return logged.findLast(line => line?.fatal)?.message ?? logged.at(-1)?.message ?? lines.at(-1) ?? '';
}
