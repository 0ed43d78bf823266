import type { EndedOperation, ShownOperation } from '../../lib/argocd/ended-operations.ts';
import { isDryRun } from '../../lib/argocd/ended-operations.ts';
import type { Deployment, DeploymentResource } from '../../lib/contracts/deployment.ts';
import { FinishedPhase, type SyncEvent } from '../../lib/contracts/sync-event.ts';
import { unknownPhase } from '../../lib/events/parse-event.ts';
import { transient } from '../../lib/runtime/failure.ts';
import { type Application, type HistoryEntry, type InitiatedBy, type OperationState, Source } from './application.ts';
import { initiatorOf } from './confirm.ts';
import { entryOf, instant, lastEntryOf, type Request, type Sought } from './history.ts';
import { toDeploymentResources } from './resources.ts';
import {
  claimedRevisions,
  mayBe,
  type ResolvedSource,
  resolve,
  revisionsOf,
  sourcesOf,
  sourcesOfSpec,
} from './sources.ts';

/** What is known of one operation, and from where. */
export interface Operation {
  knownFrom: Deployment['operation']['knownFrom'];
  /** null where something confirms it. */
  unconfirmedBecause: string | null;
  phase: FinishedPhase;
  message: string;
  finishedAt: string | null;
  initiatedBy: InitiatedBy;
  initiatedByField: string;
  partial: boolean;
  selfHeal: boolean;
  dryRun: boolean;
  /** The sync brought its own manifests, so that no source says what was deployed. */
  local: boolean;
  sources: ResolvedSource[];
  /** Without byUser, which the initiator decides. */
  requested: Omit<Request, 'byUser'>;
  resources: DeploymentResource[];
  resourcesKnown: boolean;
  entry: HistoryEntry | null;
}

/**
 * Finds the operation of an event in the Application: its last one, or an entry of its history where Argo CD has moved on.
 * @returns null where the Application no longer shows it
 * @throws Failure 75 the Application was read before the operation ended; 2 its phase is unknown
 */
export function findOperation(application: Application, event: SyncEvent): Operation | null {
  const on = `Application ${event.namespace}/${event.application}`;
  const state = application.status?.operationState;
  const age = state ? instant(state.startedAt) - instant(event.startedAt) : Number.NEGATIVE_INFINITY;
  if (state && age === 0) return fromApplication(application, state, on);
  const entry = entryOf(application.status?.history ?? [], soughtBy(event));
  if (age < 0 && (state || entry === null)) {
    const seen = state ? `its last operation started ${state.startedAt}` : 'it has no operation';
    throw transient(
      'Application is older than the event',
      `${on}: ${seen}, the event's ${event.startedAt}`,
      'read again',
    );
  }
  return entry === null ? null : fromHistory(entry, event);
}

/** Every operation that an Application shows itself. */
export function shownBy({ status }: Application): ShownOperation[] {
  const state = status?.operationState;
  const isOver = FinishedPhase.safeParse(state?.phase).success;
  const past = (status?.history ?? []).flatMap(entry => {
    const { deployStartedAt, deployedAt } = entry;
    const startedAt = deployStartedAt ?? deployedAt;
    if (!startedAt || startedAt === state?.startedAt) return [];
    return [{ startedAt, finishedAt: deployedAt, succeeded: true, partial: false, revision: entry.revision ?? '' }];
  });
  if (!state || !isOver) return past;
  const { startedAt, finishedAt, phase, operation, syncResult } = state;
  const partial = (operation?.sync?.resources.length ?? 0) > 0;
  const last = {
    startedAt,
    finishedAt,
    succeeded: phase === 'Succeeded',
    partial,
    revision: syncResult?.revision ?? '',
  };
  return [...past, last];
}

const soughtBy = (event: SyncEvent): Sought => ({
  startedAt: event.startedAt,
  finishedAt: event.finishedAt,
  leavesEntry: event.phase === 'Succeeded' && !event.partial && !event.dryRun,
  revisions: claimedRevisions(event),
  initiatedBy: event.initiatedBy,
});

function fromApplication(application: Application, state: OperationState, on: string): Operation {
  if (state.phase === 'Running' || state.phase === 'Terminating')
    throw transient('Operation is not over', `${on}: phase ${state.phase}, started ${state.startedAt}`, 'read again');
  const phase = FinishedPhase.safeParse(state.phase).data;
  if (phase === undefined) throw unknownPhase(state.phase, `${on}: status.operationState.phase`);
  const sync = state.operation?.sync;
  const { syncResult, finishedAt } = state;
  const initiatedBy = state.operation?.initiatedBy;
  const local = (sync?.manifests.length ?? 0) > 0;
  const places = [syncResult && sourcesOf(syncResult), sync && sourcesOf(sync), sourcesOfSpec(application.spec)];
  const sources = local ? [] : (places.find(found => found && found.length > 0) ?? []);
  const revised = syncResult ?? { revisions: [] };
  const partial = (sync?.resources.length ?? 0) > 0;
  const dryRun = sync?.dryRun === true;
  return {
    knownFrom: 'application',
    unconfirmedBecause: null,
    phase,
    message: state.message ?? '',
    finishedAt,
    initiatedBy,
    initiatedByField: 'status.operationState.operation.initiatedBy',
    partial,
    selfHeal: initiatedBy?.automated === true && (sync?.autoHealAttemptsCount ?? 0) >= 1,
    dryRun,
    local,
    sources: resolve(sources, revised),
    requested: { revisions: revisionsOf(sync ?? { revisions: [] }), sources },
    resources: toDeploymentResources(syncResult?.resources ?? []),
    // An empty list is left out by Argo CD. Only a success says that there was nothing; a failure may not have come so far.
    resourcesKnown: Array.isArray(syncResult?.resources) || (syncResult != null && phase === 'Succeeded'),
    entry: lastEntryOf(application.status?.history ?? [], {
      startedAt: state.startedAt,
      finishedAt,
      leavesEntry: phase === 'Succeeded' && !partial && !dryRun,
      revisions: revisionsOf(revised),
      initiatedBy,
    }),
  };
}

/**
 * Argo CD records only what succeeded, whole and in earnest. Resources are not in it: an event that says the same of the
 * operation brings its own, one that contradicts is of another and brings nothing.
 */
function fromHistory(entry: HistoryEntry, event: SyncEvent): Operation {
  const sought = soughtBy(event);
  const named = [event.initiatedBy?.username, entry.initiatedBy?.username].filter(name => name);
  const isSaid =
    sought.leavesEntry && mayBe(sought.revisions, revisionsOf(entry)) && (named.length < 2 || named[0] === named[1]);
  const local = revisionsOf(entry).length === 0;
  const sources = local ? [] : sourcesOf(entry);
  return {
    ...(isSaid ? fromEvent(event, null) : { ...fromEvent(event, null), message: '', ...NO_RESOURCES }),
    knownFrom: 'history',
    phase: 'Succeeded',
    finishedAt: entry.deployedAt ?? event.finishedAt ?? null,
    initiatedBy: entry.initiatedBy,
    initiatedByField: 'status.history[].initiatedBy',
    partial: false,
    selfHeal: false,
    dryRun: false,
    local,
    sources: resolve(sources, entry),
    requested: { revisions: revisionsOf(entry), sources },
    entry,
  };
}

const NO_RESOURCES = { resources: [], resourcesKnown: false };

/**
 * What Kubernetes Events tell is taken from them. The rest, which nothing else knows any more, is the event's, which agrees.
 * @param shown operations that the Application still shows
 */
export function fromEvents(ended: EndedOperation, event: SyncEvent, shown: readonly ShownOperation[]): Operation {
  const claimed = fromEvent(event, null);
  const { completed } = ended;
  const initiatedBy = initiatorOf(ended, event);
  const succeeded = shown.filter(one => one.succeeded);
  return {
    ...claimed,
    knownFrom: 'events',
    ...(completed.message !== '' && { message: completed.message }),
    finishedAt: claimed.finishedAt ?? completed.at,
    initiatedBy,
    initiatedByField: 'Event OperationStarted',
    partial: completed.partial,
    selfHeal: completed.partial && initiatedBy.automated === true,
    dryRun: claimed.dryRun || isDryRun(completed, succeeded),
  };
}

/** @param unconfirmedBecause null where something confirms it that does not tell all */
export function fromEvent(event: SyncEvent, unconfirmedBecause: string | null): Operation {
  const resources = event.resourcesOmitted ? [] : (event.resources ?? []);
  const local = event.localManifests === true;
  const sources = local ? [] : (event.sources ?? []).map(source => Source.parse(source));
  return {
    knownFrom: 'event',
    unconfirmedBecause,
    phase: event.phase,
    message: event.message,
    finishedAt: event.finishedAt ?? null,
    initiatedBy: event.initiatedBy,
    initiatedByField: 'event.data.initiatedBy',
    partial: event.partial === true,
    selfHeal: event.initiatedBy?.automated === true && (event.autoHealAttemptsCount ?? 0) >= 1,
    dryRun: event.dryRun === true,
    local,
    sources: resolve(sources, { revision: event.revision, revisions: event.revisions ?? [] }),
    // It does not say what was asked for.
    requested: { revisions: [], sources: [] },
    resources: toDeploymentResources(resources),
    // It carries only resources with images; an Argo CD before 3.1 names none, which looks the same as having none.
    resourcesKnown: resources.length > 0,
    entry: null,
  };
}
