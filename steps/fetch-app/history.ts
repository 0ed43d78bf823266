import { isDeepStrictEqual } from 'node:util';
import { badInput } from '../../lib/runtime/failure.ts';
import type { HistoryEntry, Source } from './application.ts';
import { revisionsOf, sourcesOf } from './sources.ts';

/** Milliseconds: two spellings of one time are equal. @throws Failure 2 where it is none, such as a 31st of February */
export function instant(time: string): number {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw badInput('Not a time', time, 'correct what wrote it');
  return milliseconds;
}

/**
 * The entry that an operation left: started at the same instant, or, as old versions of Argo CD wrote the start a second
 * off, recorded while the operation ran. An Application runs one operation at a time.
 */
export function entryOf(
  history: HistoryEntry[],
  operation: { startedAt: string; finishedAt?: string | null | undefined },
): HistoryEntry | null {
  const startedAt = instant(operation.startedAt);
  const exact = history.filter(entry => entry.deployStartedAt && instant(entry.deployStartedAt) === startedAt);
  if (exact.length > 0) return newest(exact);
  const finishedAt = operation.finishedAt ? instant(operation.finishedAt) : startedAt;
  return newest(
    history.filter(
      ({ deployedAt }) => deployedAt && instant(deployedAt) > startedAt && instant(deployedAt) <= finishedAt,
    ),
  );
}

/**
 * The deployment before an operation: the entry before its own, or the last one that started before it did.
 * null: the first sync ever, or the history no longer holds it.
 */
export function previousOf(
  history: HistoryEntry[],
  entry: HistoryEntry | null,
  startedAt: string,
): HistoryEntry | null {
  if (entry !== null) return newest(history.filter(({ id }) => id < entry.id));
  return newest(
    history.filter(candidate => {
      const time = candidate.deployStartedAt ?? candidate.deployedAt;
      return time ? instant(time) < instant(startedAt) : false;
    }),
  );
}

/** What was asked of Argo CD, or, where only the result is left, what was deployed. */
export interface Request {
  byUser: boolean;
  revisions: string[];
  sources: Source[];
}

/**
 * The entry that a rollback deployed again. Argo CD leaves no marker; a rollback is an operation of a user (Argo CD
 * refuses it while auto-sync is on) that asks for exactly the revisions and the sources of an older entry, while the
 * entry right before it is not the same. So syncing again what is deployed is none, and neither is asking for a branch.
 */
export function rollbackOf(
  history: HistoryEntry[],
  previous: HistoryEntry | null,
  request: Request,
): HistoryEntry | null {
  if (!request.byUser || previous === null || request.revisions.length === 0 || isSame(previous, request)) return null;
  return newest(history.filter(entry => entry.id < previous.id && isSame(entry, request)));
}

const isSame = (entry: HistoryEntry, { revisions, sources }: Request): boolean =>
  isDeepStrictEqual(revisionsOf(entry), revisions) && isDeepStrictEqual(sourcesOf(entry), sources);

const newest = (entries: HistoryEntry[]): HistoryEntry | null =>
  entries.reduce<HistoryEntry | null>((best, entry) => (best === null || entry.id > best.id ? entry : best), null);
