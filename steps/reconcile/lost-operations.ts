import type { ApplicationEvents } from '../../lib/argocd/controller-events.ts';
import { endedOperations, isDryRun, MAX_RUN_MS } from '../../lib/argocd/ended-operations.ts';
import { operationId } from '../../lib/events/parse-event.ts';
import type { KnownApplication } from './application.ts';
import { millis, type Operation, toSeconds } from './operation.ts';

/** Whether a record or a Workflow has this id; a record also says how its operation ended. */
export type IsKnown = (id: string, succeeded: boolean) => boolean;

const SECOND_MS = 1000;

/**
 * Operations that only Kubernetes Events still know: Argo CD keeps failed, partial and self-heal operations until the next
 * one starts. Their start, and so their id, is known only to about a second: each second that it can have been is looked for
 * among the records and the Workflows before one counts as lost. It is then taken to be the second of OperationStarted.
 */
export function lostOperations(known: KnownApplication, events: ApplicationEvents, isKnown: IsKnown): Operation[] {
  const { subject, operations } = known;
  const history = operations.filter(({ from, succeeded }) => from === 'history' || succeeded);
  const taken = new Set(operations.map(({ id }) => id));
  const lost: Operation[] = [];
  for (const { completed, initiatedBy, askedAt, from, to } of endedOperations(events, operations)) {
    if (isDryRun(completed, history)) continue;
    // Whoever may write Events writes any times.
    const first = askedAt === null ? Math.max(from, to - MAX_RUN_MS) : from;
    const candidates = secondsBetween(first, Math.min(to, first + MAX_RUN_MS))
      .map(startedAt => ({ startedAt, id: operationId(subject.uid, startedAt) }))
      .filter(({ id }) => !taken.has(id));
    const recorded = candidates.find(({ id }) => isKnown(id, completed.succeeded));
    const guess = candidates.find(({ startedAt }) => millis(startedAt) >= (askedAt ?? to)) ?? candidates.at(-1);
    const chosen = recorded ?? guess;
    if (chosen === undefined) continue;
    taken.add(chosen.id);
    if (recorded !== undefined) continue;
    lost.push({
      ...chosen,
      application: subject,
      finishedAt: completed.at,
      succeeded: completed.succeeded,
      from: 'events',
      completed: { ...completed, initiatedBy },
    });
  }
  return lost;
}

function secondsBetween(from: number, to: number): string[] {
  const seconds: string[] = [];
  for (let at = from; at <= to; at += SECOND_MS) seconds.push(toSeconds(at));
  return seconds;
}
