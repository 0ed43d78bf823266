import { type DeploymentResource, ResourceStatus } from '../../lib/contracts/deployment.ts';
import type { SyncedResource } from './application.ts';

/** Argo CD syncResult.resources[], or the part of it that an event carries. */
export const toDeploymentResources = (
  resources: (Omit<SyncedResource, 'hookPhase'> & { hookPhase?: string })[],
): DeploymentResource[] =>
  resources.map(({ group, kind, namespace, name, status, hookType, hookPhase = '', images }) => ({
    group,
    kind,
    namespace,
    name,
    status: toStatus(status, hookType, hookPhase),
    hookType: hookType || null,
    images,
  }));

function toStatus(status: string, hookType: string, hookPhase: string): ResourceStatus {
  // A hook often has only a phase: it was created, and that is what Synced says.
  if (status === '' && hookType !== '') return /^(Failed|Error)$/.test(hookPhase) ? 'SyncFailed' : 'Synced';
  return ResourceStatus.safeParse(status).data ?? 'Unknown';
}

/** Whether an operation touched something, and all it did was to take it away. */
export const isPruneOnly = (resources: DeploymentResource[]): boolean =>
  resources.length > 0 && resources.every(({ status }) => status === 'Pruned' || status === 'PruneSkipped');
