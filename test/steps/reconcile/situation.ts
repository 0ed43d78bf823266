import type { CompletedEvent, StartedEvent } from '../../../lib/argocd/controller-events.ts';
import { operationId } from '../../../lib/events/parse-event.ts';
import type { KnownApplication } from '../../../steps/reconcile/application.ts';
import type { Observed } from '../../../steps/reconcile/observe.ts';
import type { Operation } from '../../../steps/reconcile/operation.ts';

export const UID = '0d9b7a52-5a0e-4c55-9a35-1f3b6e2c7d10';
export const subject = (name = 'web', uid = UID) => ({ namespace: 'argocd', name, uid });
export const idAt = (startedAt: string, uid = UID) => operationId(uid, startedAt);

export function operation(startedAt: string, over: Partial<Operation> = {}): Operation {
  const application = over.application ?? subject();
  return {
    id: operationId(application.uid, startedAt),
    application,
    startedAt,
    finishedAt: startedAt,
    succeeded: true,
    from: 'history',
    ...over,
  };
}

export const completed = (
  at: string,
  over: Partial<CompletedEvent> = {},
): CompletedEvent & { initiatedBy: StartedEvent['initiatedBy'] } => ({
  uid: UID,
  at,
  succeeded: false,
  partial: false,
  revision: 'c1c1c1',
  message: 'it failed',
  initiatedBy: {},
  ...over,
});

export const started = (at: string, initiatedBy: StartedEvent['initiatedBy'] = { automated: true }): StartedEvent => ({
  uid: UID,
  at,
  initiatedBy,
});

export const known = (operations: Operation[], over: Partial<KnownApplication> = {}): KnownApplication => ({
  subject: subject(),
  project: 'default',
  scope: 'in-scope',
  operations,
  runningSince: null,
  ...over,
});

export const observed = (over: Partial<Observed> = {}): Observed => ({
  applications: [],
  ignored: [],
  events: new Map(),
  workflows: new Map(),
  records: new Map(),
  unreadableRecords: new Set(),
  unlisted: new Set(),
  failed: [],
  ...over,
});
