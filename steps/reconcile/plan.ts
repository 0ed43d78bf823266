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
export function operationsIn({ applications, ignored, events, records, workflows }: Observed): Operation[] {
  const found = new Map<string, Operation>();
  for (const application of applications) {
    for (const operation of application.operations) found.set(operation.id, operation);
    const told = events.get(application.subject.uid);
    if (told === undefined) continue;
    const isKnown = (id: string, succeeded: boolean) =>
      records.has(id) ? records.get(id)?.succeeded === succeeded : workflows.has(id);
    for (const operation of lostOperations(application, told, isKnown)) found.set(operation.id, operation);
  }
  for (const operation of recordedOperations(records, ignored))
    if (!found.has(operation.id)) found.set(operation.id, operation);
  return [...found.values()];
}

/** Incomplete records, whose operation Argo CD may have forgotten, or the Application with it. */
const recordedOperations = (records: Observed['records'], ignored: Observed['ignored']): Operation[] =>
  [...records]
    .filter(([, { application, state }]) => state !== 'complete' && !ignored.has(application.uid))
    .map(([id, { application, startedAt, succeeded }]) => ({
      ...{ id, application, startedAt, finishedAt: null, succeeded, from: 'record' },
    }));
