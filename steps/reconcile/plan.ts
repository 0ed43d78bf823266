import { failureOfOne } from '../../lib/runtime/one-of-many.ts';
import { choose } from './choose.ts';
import { type Decision, decide, type Limits } from './decide.ts';
import { lostOperations } from './lost-operations.ts';
import type { Observed } from './observe.ts';
import type { Operation } from './operation.ts';

export type Plan = ReturnType<typeof choose>;

/** What is to be done about everything that was seen. */
export function planOf(seen: Observed, limits: Limits, maxStarts: number): Plan {
  const decisions = operationsIn(seen).map((operation): Decision => {
    const { id } = operation;
    if (seen.unreadableRecords.has(id))
      return { action: 'leave', operation, reason: 'unreadable', why: 'its record cannot be read' };
    return decide(operation, seen.records.get(id) ?? null, seen.workflows.get(id) ?? null, limits);
  });
  return choose(decisions, maxStarts);
}

/** Every operation that an Application, its Events or an incomplete record tells of, each once. */
export function operationsIn(seen: Observed): Operation[] {
  const { applications, events, records, workflows, failed } = seen;
  const found = new Map<string, Operation>();
  for (const application of applications) {
    for (const operation of application.operations) found.set(operation.id, operation);
    const told = events.get(application.subject.uid);
    if (told === undefined) continue;
    const isKnown = (id: string, succeeded: boolean) =>
      records.has(id) ? records.get(id)?.succeeded === succeeded : workflows.has(id);
    try {
      for (const operation of lostOperations(application, told, isKnown)) found.set(operation.id, operation);
    } catch (error) {
      const { namespace, name } = application.subject;
      failed.push(failureOfOne(error, `Events of Application ${namespace}/${name}`));
    }
  }
  for (const operation of recordedOperations(seen)) if (!found.has(operation.id)) found.set(operation.id, operation);
  return [...found.values()];
}

/** Incomplete records, whose operation Argo CD may have forgotten, or the Application with it. */
function recordedOperations({ records, ignored, unlisted }: Observed): Operation[] {
  const leftOut = new Set(ignored.map(({ subject }) => subject.uid));
  return (
    [...records]
      .filter(([, { application, state }]) => state !== 'complete' && !leftOut.has(application.uid))
      // Nobody knows whether it is left out.
      .filter(([, { application }]) => !unlisted.has(application.namespace))
      .map(([id, { application, startedAt, succeeded }]) => ({
        ...{ id, application, startedAt, finishedAt: null, succeeded, from: 'record' },
      }))
  );
}
