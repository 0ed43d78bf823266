import { isInCluster } from '../../lib/argocd/destination.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { type Deployment, isConfirmed } from '../../lib/contracts/deployment.ts';
import type { EventEnvelope, FinishedPhase } from '../../lib/contracts/sync-event.ts';
import { badInput } from '../../lib/runtime/failure.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import type { Application, HistoryEntry, Source } from './application.ts';
import { confirm, type Witnesses } from './confirm.ts';
import { checkInstance, toEnvironment } from './environment.ts';
import { previousOf, rollbackOf } from './history.ts';
import { toInitiator } from './initiator.ts';
import { findOperation, fromEvent, fromEvents, type Operation, shownBy } from './operation.ts';
import { isPruneOnly } from './resources.ts';
import {
  chartVersionOf,
  dryOfEvent,
  isMoved,
  resolve,
  revisionsOf,
  sourcesOf,
  sourcesOfSpec,
  toDeploymentSources,
  toDrySource,
} from './sources.ts';

const MAX_MESSAGE = 1024;
const MAX_NAME = 253;

const EVENT_STATUS = { Succeeded: 'SUCCESS', Failed: 'FAILED', Error: 'FAILED' } as const satisfies Record<
  FinishedPhase,
  Deployment['eventStatus']
>;

export interface FetchAppInput {
  event: EventEnvelope;
  config: Configuration;
}

/** Where an operation is looked for. */
export interface Sources extends Witnesses {
  /** @returns null where the Application does not exist */
  application(namespace: string, name: string): Promise<Application | null>;
  /** What an earlier run said of the operation. @returns null where it has no record */
  recorded(id: string): Promise<Deployment | null>;
}

/**
 * Tells what a sync operation was. Running it twice is safe: it only reads. The answer stays the same while Argo CD still
 * knows the operation, and says where it was read, because later only less can be known: from the Application, from its
 * history, from what an earlier run recorded, from Kubernetes Events, and last from the event alone, which confirms nothing.
 * @throws Failure 2 the event is not about this Application, or contradicts the configuration; 75 read too early
 */
export async function fetchApp({ event, config }: FetchAppInput, sources: Sources): Promise<Deployment> {
  const { instance, id, data } = event;
  checkInstance(config, instance);
  const found = await sources.application(data.namespace, data.application);
  checkName(found, data);
  const application = found?.metadata.uid === data.uid ? found : null;
  const operation = application && findOperation(application, data);
  if (operation !== null) return toDeployment(event, config, application, operation);
  const recorded = await sources.recorded(id);
  const resumed = recorded && { ...recorded, operation: { ...recorded.operation, current: false } };
  if (resumed !== null && isConfirmed(resumed)) return resumed;
  const shown = application === null ? [] : shownBy(application);
  const confirmation = await confirm(data, instance, shown, sources);
  if (typeof confirmation !== 'string')
    return toDeployment(event, config, application, fromEvents(confirmation, data, shown));
  return resumed ?? toDeployment(event, config, application, fromEvent(data, confirmation));
}

function checkName(application: Application | null, event: EventEnvelope['data']): void {
  if (application === null) return;
  const { namespace, name } = application.metadata;
  if (namespace !== event.namespace || name !== event.application)
    throw badInput(
      'Another Application',
      `Application ${event.namespace}/${event.application}, but ${namespace}/${name} was read`,
      'give the one that the event names',
    );
}

/** @param application null where it is gone: what only it would say is the event's, or not known */
function toDeployment(
  event: EventEnvelope,
  config: Configuration,
  application: Application | null,
  operation: Operation,
): Deployment {
  const { instance, id, data } = event;
  const { metadata, spec, status } = application ?? {};
  const history = status?.history ?? [];
  const today = spec === undefined ? null : sourcesOfSpec(spec);
  const initiator = toInitiator(operation.initiatedBy, operation.initiatedByField, config.evidence);
  const previous = previousOf(history, operation.entry, data.startedAt);
  const rollback = rollbackOf(history, previous, { byUser: initiator.kind === 'user', ...operation.requested });
  const { namespace, application: name, uid } = data;
  const project = oneLine(spec?.project ?? data.project, { maxLength: MAX_NAME }) || 'default';
  const { url, ...environment } = toEnvironment(config, { instance, project, namespace, name }, data.expected ?? {});
  const message = oneLine(operation.message, { maxLength: MAX_MESSAGE });
  const isMovedOn = operation.entry !== null && today !== null && isMoved(sourcesOf(operation.entry), today);
  return {
    schemaVersion: 'aftersync.deployment/v1',
    id,
    source: { kind: 'argocd', instance, project, namespace, name, uid, url },
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
      ...(operation.local && { manifests: 'local' as const }),
      unconfirmedBecause:
        operation.unconfirmedBecause && oneLine(operation.unconfirmedBecause, { maxLength: MAX_MESSAGE }),
      applicationDeleting: application === null || metadata?.deletionTimestamp != null,
    },
    ...disposition(operation),
    eventStatus: EVENT_STATUS[operation.phase],
    initiator,
    ...environment,
    sources: toDeploymentSources(operation.sources, config.evidence.helmParameters),
    chartVersion: chartVersionOf(operation.sources),
    ...(isMovedOn && !operation.local && { sourcesMoved: true }),
    hydrated: application === null ? data.drySource != null : spec?.sourceHydrator != null,
    drySource: application === null ? dryOfEvent(data) : toDrySource(application, operation.sources),
    destination: toDestination(spec?.destination ?? data.destination ?? {}, instance),
    health: status?.health?.status ?? null,
    labels: metadata?.labels ?? {},
    previous: previous === null ? null : toPrevious(previous, today ?? [], config),
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
  { server, name, namespace }: NonNullable<EventEnvelope['data']['destination']>,
  instance: string,
): Deployment['destination'] => ({
  server: server || null,
  name: name || null,
  namespace: namespace || null,
  // The in-cluster destination of an Argo CD elsewhere is that cluster, not this one.
  inCluster: instance === 'default' && isInCluster({ server, name }),
});

function toPrevious(entry: HistoryEntry, today: Source[], config: Configuration): Deployment['previous'] {
  // Only a sync of local manifests leaves an entry without revision: no source says what was deployed.
  const sources = revisionsOf(entry).length === 0 ? [] : sourcesOf(entry);
  return {
    historyId: entry.id,
    deployedAt: entry.deployedAt,
    revisions: revisionsOf(entry),
    sources: toDeploymentSources(resolve(sources, entry), config.evidence.helmParameters),
    ...(isMoved(sources, today) && { sourcesMoved: true }),
  };
}
