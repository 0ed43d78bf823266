import { type DeploymentResource, ResourceStatus } from '../../lib/contracts/deployment.ts';
import { oneLine, withoutUserinfo } from '../../lib/runtime/outside-text.ts';
import type { SyncedResource } from './application.ts';

const MAX_NAME = 253;

/** Argo CD syncResult.resources[], or the part of it that an event carries. */
export const toDeploymentResources = (
  resources: (Omit<SyncedResource, 'hookPhase'> & { hookPhase?: string })[],
): DeploymentResource[] =>
  resources.map(({ group, kind, namespace, name, status, hookType, hookPhase = '', images }) => ({
    group: oneLine(group, { maxLength: MAX_NAME }),
    kind: oneLine(kind, { maxLength: MAX_NAME }),
    namespace: oneLine(namespace, { maxLength: MAX_NAME }),
    name: oneLine(name, { maxLength: MAX_NAME }),
    status: toStatus(status, hookType, hookPhase),
    hookType: oneLine(hookType, { maxLength: MAX_NAME }) || null,
    images: images.map(withoutUserinfo),
  }));

function toStatus(status: string, hookType: string, hookPhase: string): ResourceStatus {
  // A hook often has only a phase: it was created, and that is what Synced says.
  if (status === '' && hookType !== '') return /^(Failed|Error)$/.test(hookPhase) ? 'SyncFailed' : 'Synced';
  return ResourceStatus.safeParse(status).data ?? 'Unknown';
}

/** Whether an operation touched something, and all it did was to take it away. */
export const isPruneOnly = (resources: DeploymentResource[]): boolean =>
  resources.length > 0 && resources.every(({ status }) => status === 'Pruned' || status === 'PruneSkipped');
