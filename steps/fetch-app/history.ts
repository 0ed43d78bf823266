import type { HistoryEntry, InitiatedBy, Source } from './application.ts';
import { isSame } from './same.ts';
import { revisionsOf, sourcesOf } from './sources.ts';

/** Milliseconds of a time that is one. */
export const instant = (time: string): number => Date.parse(time);

/** What is known of an operation before its entry is looked for. */
export interface Sought {
  startedAt: string;
  finishedAt?: string | null | undefined;
  /** Argo CD writes an entry for what succeeded, whole and in earnest, and for nothing else. */
  leavesEntry: boolean;
  revisions: string[];
  initiatedBy: InitiatedBy;
}

/**
 * The entry that an operation left: it started at the same instant. An entry of an Argo CD before 1.9 has no start: it is the
 * one where it was written while the operation ran, and says the same of it.
 */
export function entryOf(history: HistoryEntry[], operation: Sought): HistoryEntry | null {
  const startedAt = instant(operation.startedAt);
  const exact = history.filter(entry => entry.deployStartedAt && instant(entry.deployStartedAt) === startedAt);
  if (exact.length > 0) return newest(exact);
  if (!operation.leavesEntry) return null;
  const finishedAt = operation.finishedAt ? instant(operation.finishedAt) : startedAt;
  const isWithin = (at: number) => at <= finishedAt && (at > startedAt || (at === startedAt && at === finishedAt));
  return newest(
    history.filter(
      entry =>
        !entry.deployStartedAt &&
        entry.deployedAt &&
        isWithin(instant(entry.deployedAt)) &&
        isSame(revisionsOf(entry), operation.revisions) &&
        (!entry.initiatedBy || !operation.initiatedBy || isSame(entry.initiatedBy, operation.initiatedBy)),
    ),
  );
}

/**
 * The entry of the Application's last operation. Old versions of Argo CD wrote the start a second off; what succeeded, whole
 * and in earnest, is the newest entry, if it was written while the operation ran.
 */
export function lastEntryOf(history: HistoryEntry[], operation: Sought): HistoryEntry | null {
  const found = entryOf(history, operation);
  const last = newest(history);
  if (found !== null || !operation.leavesEntry || !last?.deployedAt || !operation.finishedAt) return found;
  const written = instant(last.deployedAt);
  return written > instant(operation.startedAt) &&
    written <= instant(operation.finishedAt) &&
    isSame(revisionsOf(last), operation.revisions)
    ? last
    : null;
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
  if (!request.byUser || previous === null || request.revisions.length === 0 || isOf(previous, request)) return null;
  return newest(history.filter(entry => entry.id < previous.id && isOf(entry, request)));
}

const isOf = (entry: HistoryEntry, { revisions, sources }: Request): boolean =>
  isSame(revisionsOf(entry), revisions) && isSame(sourcesOf(entry), sources);

const newest = (entries: HistoryEntry[]): HistoryEntry | null =>
  entries.reduce<HistoryEntry | null>((best, entry) => (best === null || entry.id > best.id ? entry : best), null);
