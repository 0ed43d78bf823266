import type { Kubernetes } from '../../lib/clients/kubernetes.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { ImageDiff } from '../../lib/contracts/image-diff.ts';
import { parseImageReference } from '../../lib/images/reference.ts';
import { waitUntilReconciled } from '../../lib/settle/reconciled.ts';
import { type Clock, type Settlement, settle } from '../../lib/settle/settle.ts';
import { type LiveContainers, RUNS_ANOTHER, runsAll } from './live-containers.ts';
import { type ReadableWorkload, readableOf, readPods } from './live-workloads.ts';
import { digestsOf } from './pod-digests.ts';
import { imagesOfManifest } from './pod-images.ts';
import type { CurrentPods } from './pods.ts';
import type { ContainerImage, WorkloadImages } from './workload-images.ts';
import { keyOf, labelOf, type NotLookedAt } from './workload-key.ts';

export interface RunningDigests {
  /** The digests that the current pods run for a container; empty where nobody could say. */
  of(workload: WorkloadImages, image: ContainerImage): string[];
  settle: ImageDiff['settle'];
  notLookedAt: NotLookedAt[];
}

export const needsDigest = ({ images }: WorkloadImages): boolean =>
  images.some(({ image }) => parseImageReference(image)?.digest === null);

const NOT_READ = 'no workload could be read as it was deployed';
const OF_ANOTHER = 'its pods name another image, whose digest is not taken';

/**
 * Reads the digests that pods run, once their workloads have settled on what the operation deployed. A workload that has
 * not, or that runs something else by now, tells nothing.
 * @throws Failure 75 where the cluster does not answer
 */
export async function readRunningDigests(
  workloads: readonly WorkloadImages[],
  live: ReadonlyMap<string, LiveContainers>,
  { source, operation, reconciledAt }: Deployment,
  options: { kubernetes: Kubernetes; clock: Clock; timeoutMs: number },
): Promise<RunningDigests> {
  const wanted = workloads.filter(needsDigest);
  if (wanted.length === 0) return without('not-needed', whyNotNeeded(workloads), []);
  const asDeployed = wanted.filter(workload => runs(workload, live.get(keyOf(workload))));
  const elsewhere = wanted
    .filter(workload => !asDeployed.includes(workload))
    .map(workload => notRead(workload, live.get(keyOf(workload))));
  if (asDeployed.length === 0) return without('not-possible', NOT_READ, elsewhere);

  const endsAt = options.clock.nowMs() + options.timeoutMs;
  const application = {
    namespace: source.namespace,
    name: source.name,
    reconciledAt,
    finishedAt: operation.finishedAt,
  };
  const behind = await waitUntilReconciled(application, options);
  if (behind !== null)
    return without('timed-out', behind, [...elsewhere, ...asDeployed.map(workload => pods(workload, behind))]);
  const settlements = await settle(
    asDeployed.flatMap(workload => readableOf(workload) ?? []),
    { ...options, timeoutMs: Math.max(0, endsAt - options.clock.nowMs()) },
  );
  const settled = settlements.flatMap(settlement =>
    settlement.outcome === 'settled' && runs(settlement.target.workload, liveOf(settlement.object)) ? settlement : [],
  );
  const current = await readPods(settled, options.kubernetes);
  return {
    of: (workload, image) => podDigests(current.get(keyOf(workload)), image),
    settle: summary(settlements),
    notLookedAt: [
      ...elsewhere,
      ...settlements.flatMap(settlement => {
        const { workload } = settlement.target;
        if ('why' in settlement) return pods(workload, settlement.why);
        const found = current.get(keyOf(workload));
        if (found === undefined) return pods(workload, RUNS_ANOTHER);
        return missingDigest(workload, found);
      }),
    ],
  };
}

/** No digests at all, and why. */
export const without = (
  outcome: ImageDiff['settle']['outcome'],
  detail: string,
  notLookedAt: NotLookedAt[],
): RunningDigests => ({ of: () => [], settle: { outcome, detail }, notLookedAt });

/** What is true of every image, also where there is none or a text is no image. */
function whyNotNeeded(workloads: readonly WorkloadImages[]): string {
  const images = workloads.flatMap(workload => workload.images);
  if (images.length === 0) return 'no image is known whose digest could be read';
  return images.every(({ image }) => parseImageReference(image) !== null)
    ? 'every image is written with its digest'
    : 'every image reference is written with its digest; what is no reference has none';
}

const liveOf = (object: unknown): LiveContainers => ({ images: imagesOfManifest(object)?.images ?? [] });

const runs = ({ images }: WorkloadImages, live: LiveContainers | undefined): boolean =>
  live !== undefined && !('why' in live) && runsAll(images, live.images);

function notRead(workload: WorkloadImages, live: LiveContainers | undefined): NotLookedAt {
  if (live !== undefined && 'why' in live) return { what: 'pods', ...live };
  return pods(workload, RUNS_ANOTHER);
}

const pods = (workload: WorkloadImages, why: string): NotLookedAt => ({ what: 'pods', where: labelOf(workload), why });

const podDigests = (current: CurrentPods | undefined, image: ContainerImage): string[] =>
  current === undefined || 'why' in current ? [] : digestsOf(image, current.pods).digests;

function missingDigest(workload: WorkloadImages, current: CurrentPods): NotLookedAt[] {
  if ('why' in current) return [{ what: 'pods', where: labelOf(workload), ...current }];
  if (current.pods.length === 0) return [pods(workload, 'it runs no pods')];
  const told = workload.images.map(image => digestsOf(image, current.pods));
  const others = [...new Set(told.flatMap(one => one.others))];
  if (others.length > 0) return [pods(workload, `${OF_ANOTHER}: ${others.join(', ')}`)];
  const isTold = told.every(({ digests }) => digests.length > 0);
  return isTold ? [] : [pods(workload, 'its pods do not say which image every container runs')];
}

function summary(settlements: readonly Settlement<ReadableWorkload>[]): ImageDiff['settle'] {
  const [waiting, ...others] = settlements.flatMap(settlement =>
    settlement.outcome === 'waiting' ? `${labelOf(settlement.target.workload)}: ${settlement.why}` : [],
  );
  if (waiting !== undefined)
    return { outcome: 'timed-out', detail: others.length > 0 ? `${waiting}, and ${others.length} more` : waiting };
  const settled = settlements.filter(({ outcome }) => outcome === 'settled').length;
  return settled > 0
    ? { outcome: 'settled', detail: `workloads that run what their specification says: ${settled}` }
    : { outcome: 'not-possible', detail: NOT_READ };
}
