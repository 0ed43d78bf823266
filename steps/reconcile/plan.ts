import { operationId } from '../../lib/events/parse-event.ts';
import type { KnownApplication } from './application.ts';
import { choose } from './choose.ts';
import { type Decision, decide, type Limits } from './decide.ts';
import { lostOperations } from './lost-operations.ts';
import type { Observed } from './observe.ts';
import type { Operation } from './operation.ts';

export type Plan = ReturnType<typeof choose>;

/** What is to be done about everything that was seen. */
export function planOf(seen: Observed, limits: Limits, maxStarts: number): Plan {
  const operations = operationsIn(seen);
  const decisions = operations.map(
    (operation): Decision =>
      decide(operation, seen.records.get(operation.id) ?? null, seen.workflows.get(operation.id) ?? null, limits),
  );
  return choose(decisions, maxStarts);
}

/** Every operation that an Application, its Events or an incomplete record tells of, each once. */
export function operationsIn({ applications, events, records, workflows }: Observed): Operation[] {
  const found = new Map<string, Operation>();
  for (const application of applications) {
    for (const operation of application.operations) found.set(operation.id, operation);
    const told = events.get(application.subject.uid);
    if (told === undefined) continue;
    const isKnown = (id: string, succeeded: boolean) =>
      records.has(id) ? records.get(id)?.succeeded === succeeded : workflows.has(id);
    for (const operation of lostOperations(application, told, isKnown)) found.set(operation.id, operation);
  }
  for (const operation of recordedOperations(applications, records))
    if (!found.has(operation.id)) found.set(operation.id, operation);
  return [...found.values()];
}

/** Incomplete records whose operation Argo CD has forgotten, while it still has the Application. */
function recordedOperations(applications: Observed['applications'], records: Observed['records']): Operation[] {
  const named = new Map<string, KnownApplication[]>();
  for (const known of applications) named.set(known.subject.name, [...(named.get(known.subject.name) ?? []), known]);
  return [...records].flatMap(([id, { application, startedAt, state, succeeded }]): Operation[] => {
    if (state === 'complete') return [];
    const owner = named.get(application)?.find(({ subject }) => operationId(subject.uid, startedAt) === id);
    if (owner === undefined) return [];
    return [{ id, application: owner.subject, startedAt, finishedAt: null, succeeded, from: 'record' }];
  });
}
