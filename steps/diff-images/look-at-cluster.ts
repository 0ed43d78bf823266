import type { Kubernetes } from '../../lib/clients/kubernetes.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { ImageDiff, Strategy } from '../../lib/contracts/image-diff.ts';
import { hasMovedOn } from '../../lib/settle/reconciled.ts';
import type { Clock } from '../../lib/settle/settle.ts';
import {
  type Completed,
  completeSyncResult,
  contradict,
  type LiveContainers,
  nameContainers,
  runsAll,
} from './live-containers.ts';
import { readLiveContainers } from './live-workloads.ts';
import { needsDigest, readRunningDigests, without } from './running-digests.ts';
import type { ContainerImage, WorkloadImages } from './workload-images.ts';
import { keyOf, type NotLookedAt } from './workload-key.ts';

export interface ClusterView {
  /** What the strategy saw, completed. */
  workloads: WorkloadImages[];
  digestsOf(workload: WorkloadImages, image: ContainerImage): string[];
  settle: ImageDiff['settle'];
  notLookedAt: NotLookedAt[];
}

/**
 * Completes what a strategy saw with what only the cluster knows: init containers and names where the strategy lacks them,
 * the digests that pods run, and where a workload runs another image although the operation succeeded. Where the cluster of
 * today does not speak of the operation, it is not asked.
 * @throws Failure 75 where the cluster does not answer
 */
export async function lookAtCluster(
  seen: readonly WorkloadImages[],
  deployment: Deployment,
  options: { kubernetes: Kubernetes; clock: Clock; strategy: Strategy; settleTimeoutMs: number },
): Promise<ClusterView> {
  const closed = whyClosed(deployment);
  const isSyncResult = options.strategy === 'sync-result';
  const live = closed === null ? await readLiveContainers(seen, options) : everywhere(seen, closed);
  const completed = seen.map(workload => complete(workload, live.get(keyOf(workload)), isSyncResult));
  const workloads = await contradicted(
    completed.map(({ workload }) => workload),
    live,
    deployment,
    options.kubernetes,
  );
  const running =
    closed === null || !workloads.some(needsDigest)
      ? await readRunningDigests(workloads, live, deployment, { ...options, timeoutMs: options.settleTimeoutMs })
      : without('not-possible', closed.why, [{ what: 'pods', ...closed }]);
  return {
    workloads,
    digestsOf: running.of,
    settle: running.settle,
    notLookedAt: [...completed.flatMap(({ notLookedAt }) => notLookedAt), ...running.notLookedAt],
  };
}

/** Why the cluster does not speak of the operation; null where it does. */
function whyClosed({ operation, destination, source }: Deployment): { where: string; why: string } | null {
  if (!operation.current)
    return {
      where: `Application ${source.namespace}/${source.name}`,
      why: 'another operation has started since, and what runs today says nothing of this one',
    };
  if (!destination.inCluster)
    return {
      where: destination.name ?? destination.server ?? 'the destination',
      why: 'it is another cluster, which is not read',
    };
  return null;
}

const everywhere = (workloads: readonly WorkloadImages[], closed: { where: string; why: string }) =>
  new Map<string, LiveContainers>(workloads.map(workload => [keyOf(workload), closed]));

function complete(seen: WorkloadImages, live: LiveContainers | undefined, isSyncResult: boolean): Completed {
  if (live === undefined) return { workload: seen, notLookedAt: [] };
  return isSyncResult ? completeSyncResult(seen, live) : { workload: nameContainers(seen, live), notLookedAt: [] };
}

/**
 * What a successful operation left running as something else: ignored differences, admission, or somebody's hand. A failed one
 * need not have applied anything, and what a later one did meanwhile contradicts nothing.
 */
async function contradicted(
  workloads: WorkloadImages[],
  live: ReadonlyMap<string, LiveContainers>,
  { source, operation, eventStatus }: Deployment,
  kubernetes: Kubernetes,
): Promise<WorkloadImages[]> {
  const runsAnother = (workload: WorkloadImages): ContainerImage[] | null => {
    const found = live.get(keyOf(workload));
    if (found === undefined || 'why' in found || found.images.length === 0) return null;
    return runsAll(workload.images, found.images) ? null : found.images;
  };
  if (eventStatus === 'FAILED' || workloads.every(workload => runsAnother(workload) === null)) return workloads;
  if (await hasMovedOn({ ...source, startedAt: operation.startedAt }, kubernetes)) return workloads;
  return workloads.map(workload => {
    const containers = runsAnother(workload);
    return containers === null ? workload : contradict(workload, containers);
  });
}
