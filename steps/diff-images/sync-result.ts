import type { Deployment, DeploymentResource } from '../../lib/contracts/deployment.ts';
import { workloadKindOf } from '../../lib/settle/workload-kinds.ts';
import type { Observation, WorkloadImages } from './workload-images.ts';
import { labelOf, type NotLookedAt } from './workload-key.ts';

const NOT_DEPLOYED = ['Pruned', 'PruneSkipped'];
/** What a failed operation is known to have touched. */
const TOUCHED = ['Synced', 'SyncFailed'];

/**
 * The images of Argo CD's sync result: regular containers only, and none at all before Argo CD 3.1. A workload that it
 * lists without images comes back without images: whoever can read the cluster fills it in.
 * Source: Application status.operationState.syncResult.resources[]
 */
export function observeSyncResult({ resources, eventStatus }: Deployment): Observation {
  const deployed = resources.filter(({ status }) => !NOT_DEPLOYED.includes(status)).filter(runsImages);
  if (eventStatus === 'SUCCESS') return { current: deployed.map(toWorkload), previous: null, notLookedAt: [] };
  const untouched = deployed.filter(({ status }) => !TOUCHED.includes(status));
  return {
    current: deployed.filter(resource => !untouched.includes(resource)).map(toWorkload),
    previous: null,
    notLookedAt: untouched.map(notTold),
  };
}

const runsImages = (resource: DeploymentResource): boolean =>
  resource.images.length > 0 || workloadKindOf(resource) !== null;

const notTold = (resource: DeploymentResource): NotLookedAt => ({
  what: 'resource',
  where: labelOf(resource),
  why: 'the operation failed, and Argo CD does not say whether this was applied',
});

const toWorkload = ({ group, kind, namespace, name, hookType, images }: DeploymentResource): WorkloadImages => ({
  group,
  kind,
  namespace,
  name,
  hookType,
  images: images.map(image => ({ container: null, containerType: 'container', image })),
});
