import * as z from 'zod';
import { ObjectUid, OperationId, Timestamp } from './primitives.ts';
import { FinishedPhase } from './sync-event.ts';

/** One source of the deployed state, in the order of the Application. */
export const DeploymentSource = z
  .strictObject({
    repoURL: z.string().describe('Git or Helm repository, or OCI registry.'),
    path: z.string().nullable().describe('Directory in a Git repository.'),
    chart: z.string().nullable().describe('Chart name; set only for a Helm source.'),
    ref: z.string().nullable().describe('Name by which other sources use this one ($values).'),
    targetRevision: z.string().nullable().describe('Requested: branch, tag, SHA or chart version range.'),
    revision: z
      .string()
      .nullable()
      .describe('Resolved: git SHA, chart version or OCI digest; null where Argo CD did not resolve it.'),
    helmParameters: z
      .array(
        z.strictObject({
          name: z.string().describe('Name of the Helm parameter.'),
          value: z.string().describe('Its value, as the Application sets it.'),
        }),
      )
      .describe('Helm parameters whose names the configuration allows (values may hold secrets, so none by default).'),
  })
  .describe('One source of the sync.');
export type DeploymentSource = z.infer<typeof DeploymentSource>;

/** Of a source hydrator: the sources of the sync are branches that it writes, this is what it reads. */
export const DrySource = z.strictObject({
  repoURL: z.string().describe('Git repository.'),
  path: z.string().nullable().describe('Directory in it.'),
  targetRevision: z.string().nullable().describe('Requested: branch, tag or SHA.'),
  revision: z
    .string()
    .nullable()
    .describe('Commit that was hydrated; null where the Application does not say of which one the deployed commit is.'),
});
export type DrySource = z.infer<typeof DrySource>;

export const ResourceStatus = z.enum(['Synced', 'SyncFailed', 'Pruned', 'PruneSkipped', 'Unknown']);
export type ResourceStatus = z.infer<typeof ResourceStatus>;

export const DeploymentResource = z
  .strictObject({
    group: z.string().describe('API group, empty for core.'),
    kind: z.string().describe('Kind of the resource.'),
    namespace: z.string().describe('Empty for a cluster-scoped resource.'),
    name: z.string().describe('Name of the resource.'),
    status: ResourceStatus.describe('What the operation did with it; Unknown for a value this version does not know.'),
    hookType: z
      .string()
      .nullable()
      .describe('PreSync, Sync, PostSync, SyncFail … for a hook, null for an ordinary resource.'),
    images: z
      .array(z.string())
      .describe('Images of the regular containers as the manifest writes them (Argo CD 3.1+).'),
  })
  .describe('One resource of the operation, Argo CD syncResult.resources[].');
export type DeploymentResource = z.infer<typeof DeploymentResource>;

export const PreviousDeployment = z
  .strictObject({
    historyId: z.number().int().describe('status.history[].id of the entry before this one.'),
    deployedAt: Timestamp.nullable().describe('When it was deployed; null where Argo CD did not say.'),
    revisions: z.array(z.string()).describe('Resolved revisions, one a source, in the order of its sources.'),
    sources: z.array(DeploymentSource),
    sourcesMoved: z
      .boolean()
      .optional()
      .describe('As sourcesMoved of the deployment itself: a rendering of today would not show what ran before.'),
  })
  .describe('The deployment before this one, from status.history.');

/**
 * One sync operation, whoever reported it: the only thing that later steps know of where it came from.
 * Written by fetch-app as deployment.json.
 */
export const Deployment = z
  .strictObject({
    schemaVersion: z.literal('aftersync.deployment/v1').describe('Contract and version of this document.'),
    id: OperationId.describe('Operation id; also the name of the DeploymentRecord.'),
    source: z
      .strictObject({
        kind: z.literal('argocd').describe('What deployed it.'),
        instance: z.string().describe('Name of the Argo CD in the configuration.'),
        project: z.string().describe('AppProject of the Application.'),
        namespace: z.string().describe('Namespace of the Application.'),
        name: z.string().describe('Name of the Application.'),
        uid: ObjectUid.describe('metadata.uid of the Application.'),
        url: z.string().nullable().describe('The Application in the Argo CD page; null where the instance has no URL.'),
      })
      .describe('What was synced.'),
    operation: z
      .strictObject({
        phase: FinishedPhase.describe('operationState.phase.'),
        message: z.string().describe('What Argo CD said, control characters removed, at most 1024 characters.'),
        startedAt: Timestamp.describe('When the operation started, whole seconds.'),
        finishedAt: Timestamp.nullable().describe('When it ended; null where Argo CD did not say.'),
        partial: z.boolean().describe('Resources were selected; there is no history entry.'),
        selfHeal: z.boolean().describe('Argo CD put back what had drifted; there is no history entry.'),
        dryRun: z.boolean().describe('Argo CD changed nothing in the cluster.'),
        terminated: z.boolean().describe('Somebody ended the operation before it was done.'),
        historyId: z
          .number()
          .int()
          .nullable()
          .describe('status.history[].id of this operation; null where it left none.'),
        current: z
          .boolean()
          .describe('Still the last operation of the Application. Where false, pods of today say nothing of it.'),
        knownFrom: z
          .enum(['application', 'history', 'events', 'event'])
          .describe(
            'Where the facts of this operation were read: status.operationState, status.history, Kubernetes Events of the Application, or only the notification, which nothing of Argo CD confirms.',
          ),
        manifests: z
          .literal('local')
          .optional()
          .describe(
            'local: the sync brought its own manifests (argocd app sync --local), so no source says what was deployed. Absent: they are those of the sources.',
          ),
        unconfirmedBecause: z
          .string()
          .nullable()
          .optional()
          .describe('Why nothing of Argo CD confirms the operation; null or absent where something does.'),
        applicationDeleting: z.boolean().describe('The Application has a deletionTimestamp, or is gone.'),
      })
      .describe('The operation.'),
    disposition: z
      .enum(['record', 'skip'])
      .describe('skip: nothing was deployed (dry run, prune only); the record says so and nothing is sent.'),
    skipReason: z.enum(['dry-run', 'prune-only']).nullable().describe('Why nothing is owed; null for record.'),
    eventStatus: z.enum(['SUCCESS', 'FAILED']).describe('As the JET Evidence Store calls it.'),
    initiator: z
      .strictObject({
        name: z.string().min(1).describe('Sent as `initiator` and `Approver`.'),
        kind: z.enum(['user', 'automated', 'unknown']).describe('A person, the sync policy, or nobody was recorded.'),
        from: z.string().describe('The field the name came from, or the configuration key of the fallback.'),
      })
      .describe('Who started the sync.'),
    targetEnvironment: z.string().min(1).describe('Decided by configuration.'),
    production: z.boolean().describe('Whether the configuration calls the target environment production.'),
    sourceUri: z.string().min(1).describe('Identifier of the uploading system, decided by configuration.'),
    sources: z.array(DeploymentSource),
    hydrated: z
      .boolean()
      .optional()
      .describe(
        'The Application has a source hydrator: its revisions are hydrated commits, which Argo CD cannot render.',
      ),
    drySource: DrySource.nullable()
      .optional()
      .describe('What the hydrated commits were rendered from; null or absent without a source hydrator.'),
    sourcesMoved: z
      .boolean()
      .optional()
      .describe(
        'The Application has other sources today than this operation deployed, apart from the revision they follow: Argo CD cannot render it any more.',
      ),
    chartVersion: z.string().nullable().describe('Resolved version of the Helm chart source, wherever it stands.'),
    destination: z
      .strictObject({
        server: z.string().nullable().describe('API server URL of the cluster, where the Application names it.'),
        name: z.string().nullable().describe('Name of the cluster in Argo CD, where the Application names it.'),
        namespace: z.string().nullable().describe('Namespace for resources that name none.'),
        inCluster: z.boolean().describe('The cluster this pipeline runs in. Pods are read only there.'),
      })
      .describe('Where it was deployed.'),
    health: z.string().nullable().describe('status.health.status when it was read.'),
    labels: z.record(z.string(), z.string()).describe('Labels of the Application.'),
    previous: PreviousDeployment.nullable().describe(
      'null: unknown (first sync ever, or the history no longer holds it).',
    ),
    rollbackOf: z.number().int().nullable().describe('status.history[].id that this operation deployed again.'),
    resources: z.array(DeploymentResource),
    resourcesKnown: z.boolean().describe('False where neither the Application nor the event still lists them.'),
    reconciledAt: Timestamp.nullable().describe('status.reconciledAt: settle waits until it is past finishedAt.'),
  })
  .describe('One sync operation, whoever reported it: all that later steps know of where it came from.');
export type Deployment = z.infer<typeof Deployment>;

/**
 * Whether Argo CD itself says that the operation was: its state, its history or its Events. What only a notification tells may
 * be made up by whoever holds the token of the webhook: it is held until a person accepts it.
 */
export const isConfirmed = ({ operation }: Pick<Deployment, 'operation'>): boolean => operation.knownFrom !== 'event';

/** What was particular about a sync, in words. */
export function traitsOf({ operation, rollbackOf, skipReason }: Deployment): string[] {
  const traits = [
    operation.dryRun ? 'dry run' : null,
    skipReason === 'prune-only' ? 'prune only' : null,
    operation.partial ? 'selected resources only' : null,
    operation.selfHeal ? 'self-heal' : null,
    operation.manifests === 'local' ? "manifests from somebody's machine, from no source" : null,
    operation.terminated ? 'ended by a person' : null,
    rollbackOf === null ? null : `rollback to history entry ${rollbackOf}`,
    isConfirmed({ operation }) ? null : 'not confirmed by Argo CD',
  ];
  return traits.filter(trait => trait !== null);
}
