import type { ApplicationEvents, CompletedEvent, Initiated } from '../../lib/argocd/controller-events.ts';
import {
  type EndedOperation,
  endedOperations,
  MAX_DELAY_MS,
  type ShownOperation,
} from '../../lib/argocd/ended-operations.ts';
import { type Deployment, isConfirmed } from '../../lib/contracts/deployment.ts';
import type { SyncEvent } from '../../lib/contracts/sync-event.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import { instant } from './history.ts';
import { claimedRevisions, mayBe } from './sources.ts';

/** What may confirm an operation that the Application does not show. */
export interface Witnesses {
  /** Kubernetes Events of the Application. @throws Failure 2 where they may not be read */
  events(namespace: string, uid: string): Promise<ApplicationEvents>;
  /** Operations of the Application that are recorded and started before a time, the newest first. */
  recordedBefore(application: { instance: string; uid: string }, time: string): AsyncIterable<Deployment>;
}

const NOTHING_TOLD =
  'neither the Application nor Kubernetes Events, which last about an hour, tell of such an operation';

const describe = ({ at, succeeded, partial, revision }: CompletedEvent): string =>
  `at ${at} ${partial ? 'a partial sync' : 'a sync'} to ${revision || 'its revisions'} ${succeeded ? 'succeeded' : 'failed'}`;

/**
 * The operation that Kubernetes Events tell of and an event claims: it started when that can have started, ended when
 * and as that ended, and no other record is of it. Its start is known only to some seconds, so that an event could otherwise be made up
 * for each of them.
 * @returns why nothing confirms it, where nothing does
 */
export async function confirm(
  event: SyncEvent,
  instance: string,
  shown: readonly ShownOperation[],
  { events, recordedBefore }: Witnesses,
): Promise<EndedOperation | string> {
  try {
    const told = endedOperations(await events(event.namespace, event.uid), shown).filter(ended => isOf(ended, event));
    const ended = told.find(({ completed }) => agrees(completed, event));
    if (ended === undefined)
      return told[0] === undefined ? NOTHING_TOLD : `Kubernetes Events tell otherwise: ${describe(told[0].completed)}`;
    const other = await otherRecord(
      ended,
      event.startedAt,
      recordedBefore({ instance, uid: event.uid }, after(ended.to)),
    );
    return other === null ? ended : `the operation that ended at ${ended.completed.at} is recorded as ${other}`;
  } catch (error) {
    if (error instanceof Failure && error.exitCode === ExitCode.input) return `nobody could be asked: ${error.message}`;
    throw error;
  }
}

/** @returns the id of a confirmed record that is of this operation and started in another second */
async function otherRecord(
  { from, before }: EndedOperation,
  startedAt: string,
  recorded: AsyncIterable<Deployment>,
): Promise<string | null> {
  for await (const deployment of recorded) {
    const { operation, id } = deployment;
    if (instant(operation.startedAt) < from) return null;
    const isThatOne = operation.finishedAt === null || instant(operation.finishedAt) > (before ?? from);
    if (operation.startedAt !== startedAt && isThatOne && isConfirmed(deployment)) return id;
  }
  return null;
}

/** Whether an event says the same of the operation, as far as both say it. */
const agrees = ({ succeeded, partial, revision }: CompletedEvent, event: SyncEvent): boolean =>
  succeeded === (event.phase === 'Succeeded') &&
  partial === (event.partial === true) &&
  (revision === '' || mayBe(claimedRevisions(event), [revision]));

/** Who started it: where several may have, the one that the event names, else nobody. */
export function initiatorOf({ contenders }: EndedOperation, { initiatedBy: claimed }: SyncEvent): Initiated {
  const keyOf = ({ username, automated }: Claimed) => JSON.stringify([username || null, automated === true]);
  const [first, ...others] = contenders;
  if (first === undefined || others.every(other => keyOf(other) === keyOf(first))) return first ?? {};
  return contenders.find(one => claimed && keyOf(one) === keyOf(claimed)) ?? {};
}

type Claimed = { username?: string | null | undefined; automated?: boolean | null | undefined };

function isOf({ from, to }: EndedOperation, { startedAt, finishedAt }: SyncEvent): boolean {
  const started = instant(startedAt);
  if (started < from || started > to) return false;
  return !finishedAt || (instant(finishedAt) <= to && instant(finishedAt) >= to - MAX_DELAY_MS);
}

const after = (milliseconds: number): string => new Date(milliseconds + 1).toISOString();
