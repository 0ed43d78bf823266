import { operationId } from '../../lib/events/parse-event.ts';
import type { KnownApplication } from './application.ts';
import { type CompletedEvent, millis, type Operation, type StartedEvent, toSeconds } from './operation.ts';

/** What the Events of one Application say. */
export interface ApplicationEvents {
  completed: Omit<CompletedEvent, 'initiatedBy'>[];
  started: StartedEvent[];
}

/** Whether a record or a Workflow has this id; a record also says how its operation ended. */
export type IsKnown = (id: string, succeeded: boolean) => boolean;

/** An Event is written after the state that it tells of, with retries in between where the API server is slow. */
const MAX_DELAY_MS = 30_000;
const SECOND_MS = 1000;
/** Without the Event of its start, an operation is looked for this long before its end; Events last about an hour. */
const MAX_RUN_MS = 3_600_000;

/**
 * Operations that only Kubernetes Events still know: Argo CD keeps failed, partial and self-heal operations until the next
 * one starts. Their start, and so their id, is known only to about a second: each second that it can have been is looked for
 * among the records and the Workflows before one counts as lost. It is then taken to be the second of OperationStarted.
 */
export function lostOperations(known: KnownApplication, events: ApplicationEvents, isKnown: IsKnown): Operation[] {
  const { subject, operations } = known;
  const completed = [...events.completed].sort((a, b) => millis(a.at) - millis(b.at));
  const told = toldBy(operations, completed);
  const taken = new Set(operations.map(({ id }) => id));
  const lost: Operation[] = [];
  const starts = [...events.started].sort((a, b) => millis(a.at) - millis(b.at));
  completed.forEach((event, index) => {
    const before = completed[index - 1];
    const start = takeStart(event, before, starts);
    if (told.has(event) || isDryRun(event, operations)) return;
    const from =
      start === null ? (before ? millis(before.at) : millis(event.at) - MAX_RUN_MS) : millis(start.at) - SECOND_MS;
    const candidates = secondsBetween(Math.max(from, before ? millis(before.at) : from), millis(event.at))
      .map(startedAt => ({ startedAt, id: operationId(subject.uid, startedAt) }))
      .filter(({ id }) => !taken.has(id));
    const recorded = candidates.find(({ id }) => isKnown(id, event.succeeded));
    const guess =
      candidates.find(({ startedAt }) => millis(startedAt) >= millis((start ?? event).at)) ?? candidates.at(-1);
    const chosen = recorded ?? guess;
    if (chosen === undefined) return;
    taken.add(chosen.id);
    if (recorded !== undefined) return;
    lost.push({
      ...chosen,
      application: subject,
      finishedAt: event.at,
      succeeded: event.succeeded,
      from: 'events',
      completed: { ...event, initiatedBy: start?.initiatedBy ?? {} },
    });
  });
  return lost;
}

/** Each operation that the Application shows has told its end once: the nearest Event after it that says the same. */
function toldBy(operations: readonly Operation[], completed: ApplicationEvents['completed']): Set<unknown> {
  const told = new Set<unknown>();
  for (const { finishedAt, succeeded } of operations) {
    if (finishedAt === null) continue;
    const end = millis(finishedAt);
    const match = completed.find(
      event =>
        !told.has(event) &&
        event.succeeded === succeeded &&
        millis(event.at) >= end - SECOND_MS &&
        millis(event.at) <= end + MAX_DELAY_MS,
    );
    if (match !== undefined) told.add(match);
  }
  return told;
}

/**
 * A whole sync that succeeded leaves history, unless it was a dry run. Where no history is kept, or its oldest entry is
 * younger, it may have been either, and counts.
 */
function isDryRun(
  { succeeded, partial, at }: ApplicationEvents['completed'][number],
  operations: readonly Operation[],
): boolean {
  if (!succeeded || partial) return false;
  const history = operations.filter(({ from, succeeded: ok }) => from === 'history' || ok);
  return history.some(({ startedAt }) => millis(startedAt) <= millis(at));
}

/** The first OperationStarted after the end before that no other end has taken; an operation asked for by kubectl has none. */
function takeStart(
  event: { at: string },
  before: { at: string } | undefined,
  starts: StartedEvent[],
): StartedEvent | null {
  const earliest = before === undefined ? Number.NEGATIVE_INFINITY : millis(before.at) - SECOND_MS;
  const index = starts.findIndex(({ at }) => millis(at) >= earliest && millis(at) <= millis(event.at));
  return index < 0 ? null : (starts.splice(index, 1)[0] ?? null);
}

function secondsBetween(from: number, to: number): string[] {
  const seconds: string[] = [];
  for (let at = from; at <= to; at += SECOND_MS) seconds.push(toSeconds(at));
  return seconds;
}
