import type * as z from 'zod';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { SyncEvent } from '../../lib/contracts/sync-event.ts';
import { currentEvent, type EventApplication, historyEvent } from '../../lib/events/application-operation.ts';
import type { Operation } from './operation.ts';

type EventData = z.input<typeof SyncEvent>;

/**
 * The event of an operation, from the best that still knows it: the Application while it is its last one, which gives the
 * bytes that the notification has; the record, which kept the resources that the event brought; the history; Kubernetes Events.
 * @param application null where it is gone
 * @param deployment of the record; null where there is none
 * @returns null where nothing knows it any more
 */
export function eventFor(
  operation: Operation,
  application: EventApplication | null,
  deployment: Deployment | null,
): EventData | null {
  const isSame = application?.metadata.uid === operation.application.uid;
  const current = isSame && application !== null ? currentEvent(application) : null;
  if (current?.startedAt === operation.startedAt) return current;
  if (deployment !== null) return recordedEvent(deployment);
  const past = isSame && application !== null ? historyEvent(application, operation.startedAt) : null;
  if (past !== null) return past;
  return operation.completed === undefined || !isSame || application === null
    ? null
    : completedEvent(operation, operation.completed, application.spec.project || 'default');
}

/** A run of another day says the same of the operation as the first did. */
function recordedEvent(deployment: Deployment): EventData {
  const { source, operation, initiator, sources, resources, resourcesKnown, destination, drySource } = deployment;
  const { namespace, name, uid, project } = source;
  const { phase, message, startedAt, finishedAt, dryRun, partial, selfHeal } = operation;
  return {
    application: name,
    ...{ namespace, uid, project, phase, message, startedAt, finishedAt, dryRun, partial },
    destination: { server: destination.server, name: destination.name, namespace: destination.namespace },
    drySource: drySource ?? null,
    localManifests: operation.manifests === 'local',
    initiatedBy:
      initiator.kind === 'user'
        ? { username: initiator.name }
        : initiator.kind === 'automated'
          ? { automated: true }
          : {},
    autoHealAttemptsCount: selfHeal ? 1 : 0,
    revision: sources.length === 1 ? (sources[0]?.revision ?? null) : null,
    revisions: sources.length > 1 ? sources.map(({ revision }) => revision ?? '') : null,
    sources: sources.map(({ repoURL, path, chart, ref, targetRevision }) => ({
      repoURL,
      ...(path !== null && { path }),
      ...(chart !== null && { chart }),
      ...(ref !== null && { ref }),
      ...(targetRevision !== null && { targetRevision }),
    })),
    resources: resources
      .filter(({ images }) => images.length > 0)
      .map(({ hookType, ...resource }) => ({ ...resource, hookType: hookType ?? '' })),
    resourcesOmitted: !resourcesKnown,
  };
}

/** Argo CD says `failed` of Failed and Error alike. An automated sync of selected resources is a self-heal. */
function completedEvent(
  { application, startedAt }: Operation,
  completed: NonNullable<Operation['completed']>,
  project: string,
): EventData {
  const { succeeded, partial, revision, message, initiatedBy, at } = completed;
  return {
    application: application.name,
    namespace: application.namespace,
    uid: application.uid,
    project,
    phase: succeeded ? 'Succeeded' : 'Failed',
    message: message.slice(0, 1024),
    startedAt,
    finishedAt: at,
    initiatedBy,
    dryRun: false,
    partial,
    autoHealAttemptsCount: partial && initiatedBy.automated ? 1 : 0,
    revision: revision === '' ? null : revision,
    revisions: null,
    sources: [],
    resources: [],
    resourcesOmitted: true,
  };
}
