import * as z from 'zod';
import { NamespaceName, ObjectName, ObjectUid, OperationId, Timestamp } from './primitives.ts';

/** What Argo CD calls a finished operation: operationState.phase without Running and Terminating. */
export const FinishedPhase = z.enum(['Succeeded', 'Failed', 'Error']);
export type FinishedPhase = z.infer<typeof FinishedPhase>;

const EventSource = z
  .object({
    repoURL: z.string().default('').describe('Git or Helm repository, or OCI registry.'),
    path: z.string().optional().describe('Directory in a Git repository.'),
    chart: z.string().optional().describe('Chart name; set only for a Helm source.'),
    ref: z.string().optional().describe('Name by which other sources use this one ($values).'),
    targetRevision: z.string().optional().describe('Requested: branch, tag, SHA or chart version range.'),
  })
  .describe('One source of the sync, Argo CD syncResult.source(s)[].');

const EventResource = z
  .object({
    group: z.string().default('').describe('API group, empty for core.'),
    kind: z.string().min(1).describe('Kind of the resource.'),
    namespace: z.string().default('').describe('Empty for a cluster-scoped resource.'),
    name: z.string().min(1).describe('Name of the resource.'),
    status: z.string().default('').describe('Synced, SyncFailed, Pruned or PruneSkipped; empty for a hook.'),
    hookType: z.string().default('').describe('PreSync, Sync, PostSync or SyncFail; empty for an ordinary resource.'),
    images: z.array(z.string()).default([]).describe('Images as the manifest writes them, Argo CD 3.1 and later.'),
  })
  .describe('One resource that the operation touched and that has images, Argo CD syncResult.resources[].');

/**
 * What the Argo CD notification says of one finished sync operation. Unknown keys are ignored, because the Argo CD side
 * is upgraded on its own. It is a hint: fetch-app checks it against the Application.
 * Source: operationState of argoproj.io/v1alpha1 Application, sent by event-sources/argocd.
 */
export const SyncEvent = z.object({
  application: ObjectName.describe('metadata.name of the Application.'),
  namespace: NamespaceName.describe('metadata.namespace of the Application.'),
  uid: ObjectUid.describe('metadata.uid of the Application.'),
  project: z.string().default('default').describe('spec.project, the AppProject.'),
  phase: FinishedPhase.describe('operationState.phase.'),
  message: z.string().default('').describe('operationState.message, cut by the template to 1024 characters.'),
  startedAt: Timestamp.describe('operationState.startedAt, whole seconds: with uid, the identity of the operation.'),
  finishedAt: Timestamp.nullish().describe('operationState.finishedAt; missing on some early errors.'),
  initiatedBy: z
    .object({
      username: z.string().optional().describe('User who started the sync.'),
      automated: z.boolean().optional().describe('True where the sync policy started it.'),
    })
    .nullish()
    .describe('operationState.operation.initiatedBy; empty for core and kubectl syncs.'),
  dryRun: z.boolean().nullish().describe('operationState.operation.sync.dryRun.'),
  partial: z.boolean().nullish().describe('True where resources were selected for the sync.'),
  autoHealAttemptsCount: z.number().int().nonnegative().nullish().describe('Above 0 for a self-heal.'),
  revision: z.string().nullish().describe('Resolved revision of a single-source sync: git SHA or chart version.'),
  revisions: z
    .array(z.string())
    .nullish()
    .describe('Resolved revisions of a multi-source sync, in the order of sources.'),
  sources: z.array(EventSource).nullish().describe('Sources of the sync.'),
  resources: z.array(EventResource).nullish().describe('Resources with images; empty when resourcesOmitted.'),
  resourcesOmitted: z.boolean().nullish().describe('True where resources would have made the event larger than 64 kB.'),
  destination: z
    .object({
      server: z.string().nullish().describe('API server URL of the cluster.'),
      name: z.string().nullish().describe('Name of the cluster in Argo CD.'),
      namespace: z.string().nullish().describe('Namespace for resources that name none.'),
    })
    .nullish()
    .describe('spec.destination of the Application, for one that is deleted before it is read.'),
  localManifests: z
    .boolean()
    .nullish()
    .describe('True where the sync brought its own manifests: argocd app sync --local.'),
  drySource: z
    .object({
      repoURL: z.string().nullish().describe('Git repository.'),
      path: z.string().nullish().describe('Directory in it.'),
      targetRevision: z.string().nullish().describe('Requested: branch, tag or SHA.'),
    })
    .nullish()
    .describe('spec.sourceHydrator.drySource: what the hydrated commits are rendered from.'),
  expected: z
    .object({
      targetEnvironment: z.string().nullish().describe('context.aftersyncEnvironment of the notifications.'),
      sourceUri: z.string().nullish().describe('context.aftersyncArgocdUrl, with the path of the Application.'),
    })
    .nullish()
    .describe(
      'What the sender believes; must equal the configuration. (Older senders took it from keys of the context that others use as well: what they say is not read.)',
    ),
});
export type SyncEvent = z.infer<typeof SyncEvent>;

/** Envelope of every event that starts a pipeline. `kind` decides which one. */
export const EventEnvelope = z
  .object({
    schema: z.literal('aftersync.event/v1').describe('Contract and version of this envelope.'),
    kind: z.literal('argocd.sync-finished').describe('One Sensor trigger per kind.'),
    instance: z
      .string()
      .min(1)
      .max(63)
      .describe('Name of the Argo CD in the configuration, `default` for the one in this cluster.'),
    id: OperationId.describe('Operation id, computed by the sender, computed again by fetch-app.'),
    name: ObjectName.describe('Name of the Workflow: application cut to 40 characters, a dash, the id.'),
    data: SyncEvent.describe('What Argo CD says of the finished sync operation.'),
  })
  .describe('An event that starts a pipeline. Unknown keys are ignored, because the sender is upgraded on its own.');
export type EventEnvelope = z.infer<typeof EventEnvelope>;
