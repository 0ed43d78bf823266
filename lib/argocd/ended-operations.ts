import type { ApplicationEvents, CompletedEvent, Initiated } from './controller-events.ts';

/** What the Application itself shows of an operation, in its state or its history. */
export interface ShownOperation {
  startedAt: string;
  /** null where Argo CD did not say. */
  finishedAt: string | null;
  succeeded: boolean;
  /** Where they are kept, an end is this one's only if it says the same. */
  partial?: boolean;
  revision?: string;
}

/** An operation that ended, as Kubernetes Events tell of it. Their times are seconds, here milliseconds. */
export interface EndedOperation {
  completed: CompletedEvent;
  /** Of the OperationStarted that is taken for its own. */
  initiatedBy: Initiated;
  /** Of every OperationStarted that may be its own: two may be told of within one second, in no order. */
  contenders: Initiated[];
  /** Of OperationStarted; null for an operation that nobody asked Argo CD for, such as one made by kubectl. */
  askedAt: number | null;
  /** The earliest and the latest second in which it can have started. */
  from: number;
  to: number;
  /** End of the operation before this one; null where no Event tells of it. */
  before: number | null;
}

const SECOND_MS = 1000;
/** An Event is written after the state that it tells of, with retries in between where the API server is slow. */
export const MAX_DELAY_MS = 30_000;
/** Without the Event of its start, an operation is looked for this long before its end; Events last about an hour. */
export const MAX_RUN_MS = 3_600_000;

const millis = (time: string): number => Date.parse(time);

/**
 * The operations that Events tell of and the Application does not show any more. An Application runs one at a time, so each
 * began after the one before it ended.
 */
export function endedOperations(
  events: ApplicationEvents,
  shown: readonly Omit<ShownOperation, 'startedAt'>[],
): EndedOperation[] {
  const completed = [...events.completed].sort((a, b) => millis(a.at) - millis(b.at));
  const told = toldBy(shown, completed);
  const starts = [...events.started].sort((a, b) => millis(a.at) - millis(b.at));
  const ended = completed.map((event): EndedOperation => {
    const to = millis(event.at);
    // Within one second their order is not known.
    const previous = completed.findLast(({ at }) => millis(at) < to);
    const before = previous === undefined ? null : millis(previous.at);
    const earliest = before === null ? Number.NEGATIVE_INFINITY : before - SECOND_MS;
    const isOwn = ({ at }: { at: string }) => millis(at) >= earliest && millis(at) <= to;
    const start = takeFirst(starts, isOwn);
    const own = events.started.filter(isOwn);
    const from =
      own.length === 0 ? (before ?? to - MAX_RUN_MS) : Math.min(...own.map(({ at }) => millis(at))) - SECOND_MS;
    return {
      completed: event,
      initiatedBy: start?.initiatedBy ?? {},
      contenders: own.map(({ initiatedBy }) => initiatedBy),
      askedAt: start === null ? null : millis(start.at),
      from: Math.max(from, before ?? from),
      to,
      before,
    };
  });
  return ended.filter(({ completed: event }) => !told.has(event));
}

/** Each operation that the Application shows has told its end once: the nearest Event after it that says the same. */
function toldBy(
  shown: readonly Omit<ShownOperation, 'startedAt'>[],
  completed: readonly CompletedEvent[],
): Set<CompletedEvent> {
  const told = new Set<CompletedEvent>();
  for (const { finishedAt, succeeded, partial, revision } of shown) {
    if (finishedAt === null) continue;
    const end = millis(finishedAt);
    const match = completed.find(
      event =>
        !told.has(event) &&
        event.succeeded === succeeded &&
        (partial ?? event.partial) === event.partial &&
        (!revision || event.revision === '' || event.revision === revision) &&
        millis(event.at) >= end - SECOND_MS &&
        millis(event.at) <= end + MAX_DELAY_MS,
    );
    if (match !== undefined) told.add(match);
  }
  return told;
}

/** The first OperationStarted after the end before that no other end has taken. */
function takeFirst<T>(list: T[], isWanted: (one: T) => boolean): T | null {
  const index = list.findIndex(isWanted);
  return index < 0 ? null : (list.splice(index, 1)[0] ?? null);
}

/**
 * A whole sync that succeeded leaves history, unless it was a dry run. Where no history is kept, or its oldest entry is
 * younger, it may have been either, and is none.
 * @param history operations that Argo CD shows as succeeded
 */
export const isDryRun = (
  { succeeded, partial, at }: CompletedEvent,
  history: readonly Pick<ShownOperation, 'startedAt'>[],
): boolean => succeeded && !partial && history.some(({ startedAt }) => millis(startedAt) < millis(at));
