import * as z from 'zod';
import type { Scope } from '../../lib/contracts/scope.ts';
import { operationId } from '../../lib/events/parse-event.ts';
import type { Operation, Subject } from './operation.ts';

/** A time that is none would make every decision about the Application wrong. */
const time = z.string().refine(value => !Number.isNaN(Date.parse(value)), 'not a time');

/** What is kept of an Application while the list is read: who it is, and when its operations ran. */
export const ListedApplication = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.object({ project: z.string().nullish() }).nullish(),
  status: z
    .object({
      history: z.array(z.object({ deployStartedAt: time.nullish(), deployedAt: time.nullish() })).nullish(),
      operationState: z.object({ phase: z.string(), startedAt: time, finishedAt: time.nullish() }).nullish(),
    })
    .nullish(),
});
export type ListedApplication = z.infer<typeof ListedApplication>;

/** An Application and every finished operation that it shows itself. */
export interface KnownApplication {
  subject: Subject;
  project: string;
  scope: Scope;
  operations: Operation[];
  /** Start of an operation that is not over; null where none runs. */
  runningSince: string | null;
}

export function toKnownApplication({ metadata, spec, status }: ListedApplication, scope: Scope): KnownApplication {
  const { name, namespace, uid } = metadata;
  const subject = { name, namespace, uid };
  const state = status?.operationState;
  const operations = new Map<string, Operation>();
  for (const { deployStartedAt, deployedAt } of status?.history ?? []) {
    if (!deployStartedAt || isOf(state, deployStartedAt, deployedAt)) continue;
    const id = operationId(uid, deployStartedAt);
    const finishedAt = deployedAt ?? null;
    operations.set(id, {
      id,
      application: subject,
      startedAt: deployStartedAt,
      finishedAt,
      succeeded: true,
      from: 'history',
    });
  }
  const isOver = state != null && ['Succeeded', 'Failed', 'Error'].includes(state.phase);
  if (isOver) {
    const id = operationId(uid, state.startedAt);
    const { startedAt, finishedAt = null, phase } = state;
    operations.set(id, {
      id,
      application: subject,
      startedAt,
      finishedAt,
      succeeded: phase === 'Succeeded',
      from: 'application',
    });
  }
  return {
    subject,
    project: spec?.project || 'default',
    scope,
    operations: [...operations.values()],
    runningSince: state && !isOver ? state.startedAt : null,
  };
}

type State = NonNullable<ListedApplication['status']>['operationState'];

/** The entry of the last operation, which old versions of Argo CD wrote a second off: it was recorded while that ran. */
function isOf(state: State, deployStartedAt: string, deployedAt: string | null | undefined): boolean {
  if (!state || deployStartedAt === state.startedAt) return false;
  if (!deployedAt || !state.finishedAt) return false;
  const recorded = Date.parse(deployedAt);
  return recorded > Date.parse(state.startedAt) && recorded <= Date.parse(state.finishedAt);
}
