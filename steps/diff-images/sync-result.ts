import type { Deployment, DeploymentResource } from '../../lib/contracts/deployment.ts';
import { workloadKindOf } from '../../lib/settle/workload-kinds.ts';
import { type CustomResources, imagePathsOf, runsNothing } from './custom-resource.ts';
import type { Observation, WorkloadImages } from './workload-images.ts';
import { labelOf, type NotLookedAt } from './workload-key.ts';
import { workloadKind } from './workload-kind.ts';

const NOT_DEPLOYED = ['Pruned', 'PruneSkipped'];
/** What a failed operation is known to have touched. */
const TOUCHED = ['Synced', 'SyncFailed'];

/**
 * The images of Argo CD's sync result: regular containers only, and none at all before Argo CD 3.1. A workload that it
 * lists without images comes back without images: whoever can read the cluster fills it in. Fields of custom resources it
 * does not list: that is said.
 * Source: Application status.operationState.syncResult.resources[]
 */
export function observeSyncResult(
  { resources, eventStatus }: Deployment,
  customResources: CustomResources = [],
): Observation {
  const applied = resources.filter(({ status }) => !NOT_DEPLOYED.includes(status));
  const deployed = applied.map(withoutBlanks).filter(runsImages).filter(isRun(eventStatus));
  const notListed = applied.flatMap(resource => whyNotListed(resource, customResources) ?? []);
  if (eventStatus === 'SUCCESS') return { current: deployed.map(toWorkload), previous: null, notLookedAt: notListed };
  const untouched = deployed.filter(({ status }) => !TOUCHED.includes(status));
  return {
    current: deployed.filter(resource => !untouched.includes(resource)).map(toWorkload),
    previous: null,
    notLookedAt: [...untouched.map(notTold), ...notListed],
  };
}

const runsImages = (resource: DeploymentResource): boolean =>
  resource.images.length > 0 || workloadKindOf(resource) !== null;

/** A SyncFail hook belongs to an attempt that failed. */
const isRun =
  (eventStatus: Deployment['eventStatus']) =>
  ({ hookType }: DeploymentResource): boolean =>
    eventStatus === 'FAILED' || hookType !== 'SyncFail';

/** An image that is left blank is filled in by something else. */
const withoutBlanks = (resource: DeploymentResource): DeploymentResource => ({
  ...resource,
  images: resource.images.filter(image => image.trim() !== ''),
});

/** What the object may run beside the containers that Argo CD lists of it; null where it lists all. */
function whyNotListed(resource: DeploymentResource, customResources: CustomResources): NotLookedAt | null {
  const { group, kind, images } = resource;
  if (images.some(image => image.trim() === ''))
    return { what: 'field', where: labelOf(resource), why: 'a container names no image: something else fills it in' };
  const where = labelOf(resource);
  const holder = workloadKind(group, kind);
  if (holder.holds === 'nothing')
    return holder.chosenBy === undefined ? null : { what: 'operator', where, why: holder.chosenBy };
  if (holder.holds === 'pod-spec' || runsNothing(group, kind, customResources)) return null;
  // Of a kind that is not known it lists what has the shape of a workload.
  if (images.length > 0 && imagePathsOf(group, kind, customResources) === null) return null;
  return { what: 'field', where: `${kind} in ${resource.namespace || 'the cluster'}`, why: NOT_LISTED };
}

const NOT_LISTED = 'Argo CD lists no fields of custom resources; the manifests strategy reads them';

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
