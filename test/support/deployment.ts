import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { Delivery } from '../../lib/contracts/deployment-record.ts';
import { sha256Of } from '../../lib/delivery/idempotency-key.ts';
import type { PlannedDelivery } from '../../lib/ledger/change.ts';

/** A successful sync of one application. Every null that the contract allows is one, so that stores are seen to keep it. */
export const deploymentOf = (id: string, startedAt = '2026-11-20T10:00:00Z', uid = 'uid-1'): Deployment => ({
  schemaVersion: 'aftersync.deployment/v1',
  id,
  source: {
    kind: 'argocd',
    instance: 'default',
    project: 'default',
    namespace: 'argocd',
    name: 'guestbook',
    uid,
    url: null,
  },
  operation: {
    phase: 'Succeeded',
    message: 'successfully synced',
    startedAt,
    finishedAt: null,
    partial: false,
    selfHeal: false,
    dryRun: false,
    terminated: false,
    historyId: null,
    current: true,
    knownFrom: 'application',
    applicationDeleting: false,
  },
  disposition: 'record',
  skipReason: null,
  eventStatus: 'SUCCESS',
  initiator: {
    name: 'argocd-automated-sync',
    kind: 'automated',
    from: 'operationState.operation.initiatedBy.automated',
  },
  targetEnvironment: 'staging',
  production: false,
  sourceUri: 'https://argocd.example.com/applications/argocd/guestbook',
  sources: [],
  chartVersion: null,
  destination: { server: null, name: null, namespace: null, inCluster: true },
  health: null,
  labels: { 'app.kubernetes.io/name': 'guestbook' },
  previous: null,
  rollbackOf: null,
  resources: [],
  resourcesKnown: true,
  reconciledAt: null,
});

const BODY = '{"eventStatus":"SUCCESS"}';

/** Evidence of one artifact that is about to be sent. */
export const evidenceOf = (subject: string): PlannedDelivery => ({
  step: 'submit-evidence',
  target: 'https://jet.example.com/api/v0.0/deploy/generic/publish',
  subject,
  reference: subject,
  idempotencyKey: `key-${subject}`,
  body: BODY,
  bodySha256: sha256Of(BODY),
  provenance: { jetId: 'property jet.id' },
  detail: 'not sent yet',
  state: 'planned',
});

/** How a delivery stands in a record. */
export const stateOf = (deliveries: readonly Delivery[]): Record<string, string> =>
  Object.fromEntries(
    deliveries.map(({ subject, state, owner }) => [subject, owner === null ? state : `${state} by ${owner}`]),
  );
