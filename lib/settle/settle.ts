import pLimit from 'p-limit';
import { Forbidden, type Kubernetes } from '../clients/kubernetes.ts';
import { ExitCode, Failure } from '../runtime/failure.ts';
import { LiveWorkload } from './live-workload.ts';
import { waitingFor } from './rollout-state.ts';
import { apiVersionOf, type WorkloadKind } from './workload-kinds.ts';

const POLL_MS = 2_000;
const CONCURRENCY = 8;

export interface SettleTarget {
  kind: WorkloadKind;
  namespace: string;
  name: string;
}

/** settled: it runs what its specification says. `object` is how it was read last. */
export type Settlement<T extends SettleTarget> = { target: T } & (
  | { outcome: 'settled'; live: LiveWorkload; object: unknown }
  | { outcome: 'waiting'; object: unknown; why: string }
  | { outcome: 'gone'; why: string }
  | { outcome: 'unreadable'; why: string; forbidden: Forbidden | null }
);

export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * Waits until every workload runs what its specification says, or the time is over. What settles is not read again, and
 * one that does not settle never spoils the others.
 * @throws Failure 75 where the cluster does not answer
 */
export async function settle<T extends SettleTarget>(
  targets: readonly T[],
  { kubernetes, timeoutMs, clock }: { kubernetes: Kubernetes; timeoutMs: number; clock: Clock },
): Promise<Settlement<T>[]> {
  const endsAt = clock.nowMs() + timeoutMs;
  const limit = pLimit(CONCURRENCY);
  let found: Settlement<T>[] = await limit.map(targets, target => look(target, kubernetes));
  while (found.some(isWaiting) && clock.nowMs() + POLL_MS <= endsAt) {
    await clock.sleep(POLL_MS);
    found = await limit.map(found, settlement =>
      isWaiting(settlement) ? look(settlement.target, kubernetes) : settlement,
    );
  }
  return found;
}

const isWaiting = (settlement: { outcome: string }): boolean => settlement.outcome === 'waiting';

async function look<T extends SettleTarget>(target: T, kubernetes: Kubernetes): Promise<Settlement<T>> {
  const { kind, namespace, name } = target;
  let object: unknown;
  try {
    object = await kubernetes.read({
      apiVersion: apiVersionOf(kind),
      kind: kind.slice(kind.indexOf('/') + 1),
      namespace,
      name,
    });
  } catch (error) {
    if (error instanceof Failure && error.exitCode === ExitCode.input)
      return {
        target,
        outcome: 'unreadable',
        why: error.message,
        forbidden: error instanceof Forbidden ? error : null,
      };
    throw error;
  }
  if (object === null) return { target, outcome: 'gone', why: 'it no longer exists' };
  const live = LiveWorkload.safeParse(object);
  if (!live.success)
    return { target, outcome: 'unreadable', why: 'its fields are not as Kubernetes documents them', forbidden: null };
  const waiting = waitingFor(kind, live.data);
  return waiting === null
    ? { target, outcome: 'settled', live: live.data, object }
    : { target, outcome: 'waiting', object, why: waiting };
}
