import type { Deployment, DeploymentResource } from '../../lib/contracts/deployment.ts';
import { FinishedPhase, type SyncEvent } from '../../lib/contracts/sync-event.ts';
import { unknownPhase } from '../../lib/events/parse-event.ts';
import { transient } from '../../lib/runtime/failure.ts';
import type { Application, HistoryEntry, InitiatedBy, OperationState } from './application.ts';
import { entryOf, instant, type Request } from './history.ts';
import { toDeploymentResources } from './resources.ts';
import { type ResolvedSource, resolve, revisionsOf, sourcesOf } from './sources.ts';

/** What is known of one operation, and from where. */
export interface Operation {
  knownFrom: Deployment['operation']['knownFrom'];
  phase: FinishedPhase;
  message: string;
  finishedAt: string | null;
  initiatedBy: InitiatedBy;
  initiatedByField: string;
  partial: boolean;
  selfHeal: boolean;
  dryRun: boolean;
  sources: ResolvedSource[];
  /** Without byUser, which the initiator decides. */
  requested: Omit<Request, 'byUser'>;
  resources: DeploymentResource[];
  resourcesKnown: boolean;
  entry: HistoryEntry | null;
}

/**
 * Finds the operation of an event: the Application's last one, an entry of its history where Argo CD has moved on, or, where
 * neither knows it, the event itself.
 * @throws Failure 75 the Application was read before the operation ended; 2 its phase is unknown
 */
export function findOperation(application: Application, event: SyncEvent): Operation {
  const on = `Application ${event.namespace}/${event.application}`;
  const state = application.status?.operationState;
  const history = application.status?.history ?? [];
  const age = state ? instant(state.startedAt) - instant(event.startedAt) : Number.NEGATIVE_INFINITY;
  if (state && age === 0) return fromApplication(application, state, on);
  const entry = entryOf(history, event);
  if (age < 0 && (state || entry === null)) {
    const seen = state ? `its last operation started ${state.startedAt}` : 'it has no operation';
    throw transient(
      'Application is older than the event',
      `${on}: ${seen}, the event's ${event.startedAt}`,
      'read again',
    );
  }
  return entry === null ? fromEvent(event) : fromHistory(entry, event);
}

function fromApplication(application: Application, state: OperationState, on: string): Operation {
  if (state.phase === 'Running' || state.phase === 'Terminating')
    throw transient('Operation is not over', `${on}: phase ${state.phase}, started ${state.startedAt}`, 'read again');
  const phase = FinishedPhase.safeParse(state.phase).data;
  if (phase === undefined) throw unknownPhase(state.phase, `${on}: status.operationState.phase`);
  const sync = state.operation?.sync;
  const { syncResult, finishedAt = null } = state;
  const initiatedBy = state.operation?.initiatedBy;
  const places = [syncResult, sync, application.spec].map(place => (place ? sourcesOf(place) : []));
  const sources = places.find(found => found.length > 0) ?? [];
  return {
    knownFrom: 'application',
    phase,
    message: state.message ?? '',
    finishedAt,
    initiatedBy,
    initiatedByField: 'status.operationState.operation.initiatedBy',
    partial: (sync?.resources.length ?? 0) > 0,
    selfHeal: initiatedBy?.automated === true && (sync?.autoHealAttemptsCount ?? 0) >= 1,
    dryRun: sync?.dryRun === true,
    sources: resolve(sources, syncResult ?? { revisions: [] }),
    requested: { revisions: revisionsOf(sync ?? { revisions: [] }), sources },
    resources: toDeploymentResources(syncResult?.resources ?? []),
    // An empty list is left out by Argo CD. Only a success says that there was nothing; a failure may not have come so far.
    resourcesKnown: Array.isArray(syncResult?.resources) || (syncResult != null && phase === 'Succeeded'),
    entry: entryOf(application.status?.history ?? [], state),
  };
}

/** Argo CD records only what succeeded, whole and in earnest. Resources are not in it: the event brings its own. */
function fromHistory(entry: HistoryEntry, event: SyncEvent): Operation {
  const sources = sourcesOf(entry);
  return {
    ...fromEvent(event),
    knownFrom: 'history',
    phase: 'Succeeded',
    finishedAt: event.finishedAt ?? entry.deployedAt ?? null,
    ...(entry.initiatedBy && { initiatedBy: entry.initiatedBy, initiatedByField: 'status.history[].initiatedBy' }),
    partial: false,
    selfHeal: false,
    dryRun: false,
    sources: resolve(sources, entry),
    requested: { revisions: revisionsOf(entry), sources },
    entry,
  };
}

function fromEvent(event: SyncEvent): Operation {
  const resources = event.resourcesOmitted ? [] : (event.resources ?? []);
  return {
    knownFrom: 'event',
    phase: event.phase,
    message: event.message,
    finishedAt: event.finishedAt ?? null,
    initiatedBy: event.initiatedBy,
    initiatedByField: 'event.data.initiatedBy',
    partial: event.partial === true,
    selfHeal: event.initiatedBy?.automated === true && (event.autoHealAttemptsCount ?? 0) >= 1,
    dryRun: event.dryRun === true,
    sources: resolve(event.sources ?? [], { revision: event.revision, revisions: event.revisions ?? [] }),
    // It does not say what was asked for.
    requested: { revisions: [], sources: [] },
    resources: toDeploymentResources(resources),
    // It carries only resources with images; an Argo CD before 3.1 names none, which looks the same as having none.
    resourcesKnown: resources.length > 0,
    entry: null,
  };
}
