import type { Configuration } from '../../lib/contracts/configuration.ts';
import { type Deployment, isConfirmed } from '../../lib/contracts/deployment.ts';
import type { EventEnvelope, FinishedPhase } from '../../lib/contracts/sync-event.ts';
import { badInput } from '../../lib/runtime/failure.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import type { Application, HistoryEntry, Source } from './application.ts';
import { checkInstance, toEnvironment } from './environment.ts';
import { previousOf, rollbackOf } from './history.ts';
import { toInitiator } from './initiator.ts';
import { findOperation, type Operation } from './operation.ts';
import { isPruneOnly } from './resources.ts';
import { chartVersionOf, isMoved, resolve, revisionsOf, sourcesOf, toDeploymentSources } from './sources.ts';

const MAX_MESSAGE = 1024;
const THIS_CLUSTER = 'https://kubernetes.default.svc';

const EVENT_STATUS = { Succeeded: 'SUCCESS', Failed: 'FAILED', Error: 'FAILED' } as const satisfies Record<
  FinishedPhase,
  Deployment['eventStatus']
>;

export interface FetchAppInput {
  event: EventEnvelope;
  config: Configuration;
}

/** @returns null where the Application does not exist */
export type ReadApplication = (namespace: string, name: string) => Promise<Application | null>;

/** What an earlier run said of the operation. @returns null where it has no record */
export type ReadRecorded = (id: string) => Promise<Deployment | null>;

/**
 * Tells what a sync operation was, from the Application. Running it twice is safe: it only reads. The answer stays the
 * same while Argo CD still knows the operation, and says where it was read, because later only less can be known. Of an
 * Application that is gone it is what an earlier run recorded.
 * @throws Failure 2 the event is not about this Application, or contradicts the configuration; 75 read too early
 */
export async function fetchApp(
  { event, config }: FetchAppInput,
  readApplication: ReadApplication,
  readRecorded: ReadRecorded,
): Promise<Deployment> {
  const { instance, id, data } = event;
  checkInstance(config, instance);
  const application = await readApplication(data.namespace, data.application);
  const recorded = application?.metadata.uid === data.uid ? null : await readRecorded(id);
  if (recorded !== null) return { ...recorded, operation: { ...recorded.operation, current: false } };
  checkSubject(application, data);
  const deployment = toDeployment(event, config, application);
  // What an earlier run knew is not replaced by less: it may have been confirmed then, or accepted by a person as it was.
  const known = isConfirmed(deployment) ? null : await readRecorded(id);
  return known === null ? deployment : { ...known, operation: { ...known.operation, current: false } };
}

function checkSubject(
  application: Application | null,
  event: EventEnvelope['data'],
): asserts application is Application {
  const on = `Application ${event.namespace}/${event.application}`;
  const remedy = 'it was deleted or made anew since the sync, so nothing tells what was deployed: record it by hand';
  if (application === null) throw badInput('Not found', `${on} with uid ${event.uid}`, remedy);
  const { namespace, name, uid } = application.metadata;
  if (namespace !== event.namespace || name !== event.application)
    throw badInput(
      'Another Application',
      `${on}, but ${namespace}/${name} was read`,
      'give the one that the event names',
    );
  if (uid !== event.uid) throw badInput('Another uid', `${on} has uid ${uid}, the event says ${event.uid}`, remedy);
}

function toDeployment(event: EventEnvelope, config: Configuration, application: Application): Deployment {
  const { instance, id, data } = event;
  const { metadata, spec, status } = application;
  const history = status?.history ?? [];
  const operation = findOperation(application, data);
  const initiator = toInitiator(operation.initiatedBy, operation.initiatedByField, config.evidence);
  const previous = previousOf(history, operation.entry, data.startedAt);
  const rollback = rollbackOf(history, previous, { byUser: initiator.kind === 'user', ...operation.requested });
  const { namespace, name, uid } = metadata;
  const { url, ...environment } = toEnvironment(config, { instance, project: spec.project, namespace, name }, data);
  const message = oneLine(operation.message, { maxLength: MAX_MESSAGE });
  return {
    schemaVersion: 'aftersync.deployment/v1',
    id,
    source: { kind: 'argocd', instance, project: spec.project, namespace, name, uid, url },
    operation: {
      phase: operation.phase,
      message,
      startedAt: data.startedAt,
      finishedAt: operation.finishedAt,
      partial: operation.partial,
      selfHeal: operation.selfHeal,
      dryRun: operation.dryRun,
      terminated: operation.phase !== 'Succeeded' && /^Operation (forced to )?terminate/.test(message),
      historyId: operation.entry?.id ?? null,
      current: operation.knownFrom === 'application',
      knownFrom: operation.knownFrom,
      applicationDeleting: metadata.deletionTimestamp != null,
    },
    ...disposition(operation),
    eventStatus: EVENT_STATUS[operation.phase],
    initiator,
    ...environment,
    sources: toDeploymentSources(operation.sources, config.evidence.helmParameters),
    chartVersion: chartVersionOf(operation.sources),
    ...(operation.entry !== null && isMoved(sourcesOf(operation.entry), sourcesOf(spec)) && { sourcesMoved: true }),
    hydrated: spec.sourceHydrator != null,
    destination: toDestination(spec.destination, instance),
    health: status?.health?.status ?? null,
    labels: metadata.labels ?? {},
    previous: previous === null ? null : toPrevious(previous, sourcesOf(spec), config),
    rollbackOf: rollback?.id ?? null,
    resources: operation.resources,
    resourcesKnown: operation.resourcesKnown,
    reconciledAt: status?.reconciledAt ?? null,
  };
}

/** Only the Application lists every resource: an event leaves out those without images. */
function disposition(operation: Operation): Pick<Deployment, 'disposition' | 'skipReason'> {
  if (operation.dryRun) return { disposition: 'skip', skipReason: 'dry-run' };
  const { knownFrom, phase, resources } = operation;
  return knownFrom === 'application' && phase === 'Succeeded' && isPruneOnly(resources)
    ? { disposition: 'skip', skipReason: 'prune-only' }
    : { disposition: 'record', skipReason: null };
}

const toDestination = (
  { server, name, namespace }: Application['spec']['destination'],
  instance: string,
): Deployment['destination'] => ({
  server: server || null,
  name: name || null,
  namespace: namespace || null,
  // The in-cluster destination of an Argo CD elsewhere is that cluster, not this one.
  inCluster: instance === 'default' && (server ? server.replace(/\/$/, '') === THIS_CLUSTER : name === 'in-cluster'),
});

const toPrevious = (entry: HistoryEntry, today: Source[], config: Configuration): Deployment['previous'] => ({
  historyId: entry.id,
  deployedAt: entry.deployedAt ?? null,
  revisions: revisionsOf(entry),
  sources: toDeploymentSources(resolve(sourcesOf(entry), entry), config.evidence.helmParameters),
  ...(isMoved(sourcesOf(entry), today) && { sourcesMoved: true }),
});
