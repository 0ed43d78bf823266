import { setTimeout as sleep } from 'node:timers/promises';
import { badInput } from '../lib/runtime/failure.ts';
import type { Phase } from './depends.ts';
import { shouldRetry } from './expression.ts';
import type { RetryStrategy } from './manifests.ts';

/** One attempt at a step. */
export interface Attempt {
  phase: Extract<Phase, 'Succeeded' | 'Failed' | 'Error'>;
  /** null where the program did not start or was not asked. */
  exitCode: number | null;
  /** As the node would show it. */
  message: string;
  durationMs: number;
  /** RFC 3339. */
  finishedAt: string;
}

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Runs a step until it succeeds or its retry strategy says that it is enough.
 * @param beforeRetry told how long it waits, in milliseconds
 * @returns every attempt, the last one deciding
 */
export async function withRetries(
  strategy: RetryStrategy | undefined,
  on: string,
  attempt: (retries: number) => Promise<Attempt>,
  beforeRetry: (failed: Attempt, waitMs: number) => void,
  signal: AbortSignal,
): Promise<[Attempt, ...Attempt[]]> {
  const attempts: [Attempt, ...Attempt[]] = [await attempt(0)];
  for (;;) {
    const last = attempts.at(-1) ?? attempts[0];
    if (strategy === undefined || signal.aborted || !isRetried(strategy, last, attempts.length, on)) return attempts;
    const waitMs = backoffMs(strategy, attempts.length, on);
    beforeRetry(last, waitMs);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return attempts;
    attempts.push(await attempt(attempts.length));
  }
}

function isRetried(strategy: RetryStrategy, last: Attempt, attempts: number, on: string): boolean {
  if (last.phase === 'Succeeded') return false;
  if (strategy.limit !== undefined && attempts > strategy.limit) return false;
  const policy = strategy.retryPolicy ?? (strategy.expression === undefined ? 'OnFailure' : 'Always');
  if (policy === 'OnFailure' && last.phase !== 'Failed') return false;
  if (policy === 'OnError' && last.phase !== 'Error') return false;
  if (strategy.expression === undefined) return true;
  const lastRetry = {
    exitCode: String(last.exitCode ?? -1),
    status: last.phase,
    message: last.message,
    duration: String(last.durationMs / 1000),
  };
  return shouldRetry(strategy.expression, lastRetry, on);
}

function backoffMs({ backoff }: RetryStrategy, attempts: number, on: string): number {
  if (backoff === undefined) return 0;
  const first = durationMs(backoff.duration, `${on}.backoff.duration`) * (backoff.factor ?? 1) ** (attempts - 1);
  return backoff.cap === undefined ? first : Math.min(first, durationMs(backoff.cap, `${on}.backoff.cap`));
}

/** A duration of Argo Workflows: `5s`, `1m`, `2h`, or seconds. @throws Failure 2 */
function durationMs(text: string, on: string): number {
  const [, amount, unit = 's'] = /^(\d+)(s|m|h)?$/.exec(text) ?? [];
  if (amount === undefined) throw badInput('Not a duration', `${on}: ${text}`, 'write it as 5s, 1m or 2h');
  return Number(amount) * (UNITS[unit] ?? 1000);
}
