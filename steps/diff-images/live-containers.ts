import { runsAs, sameRepository } from './same-image.ts';
import type { ContainerImage, WorkloadImages } from './workload-images.ts';
import { labelOf, type NotLookedAt } from './workload-key.ts';

/** The containers of a workload as the cluster has it; or why, and how widely, they could not be read. */
export type LiveContainers = { images: ContainerImage[] } | Unread;

export type Unread = Pick<NotLookedAt, 'where' | 'why' | 'remedy'>;

export interface Completed {
  workload: WorkloadImages;
  notLookedAt: NotLookedAt[];
}

const NOT_LISTED = 'Argo CD lists no images for it';
export const RUNS_ANOTHER = 'the live workload does not run the images that were deployed';

/**
 * What a sync result lacks, from the live workload: names of containers, init containers, mounted images, digests that admission added, and
 * before Argo CD 3.1 every image. The live workload is believed only where it runs every image that was synced; what it runs
 * beside them was not synced.
 */
export function completeSyncResult(seen: WorkloadImages, live: LiveContainers): Completed {
  const isListed = seen.images.length > 0;
  if ('why' in live) {
    if (isListed) return { workload: seen, notLookedAt: [{ what: 'init-containers', ...live }] };
    return { workload: seen, notLookedAt: [{ ...live, what: 'resource', ...notListed(seen, live) }] };
  }
  // A debugging container is nobody's deployment.
  const images = live.images.filter(({ containerType }) => containerType !== 'ephemeralContainer');
  if (!isListed) return { workload: { ...seen, images }, notLookedAt: [] };
  const found = match(seen.images, images);
  if (found.every(({ running }) => running !== null)) {
    const synced = new Set(found.map(({ running }) => running));
    const own = images.filter(image => synced.has(image) || image.containerType !== 'container');
    return { workload: { ...seen, images: own }, notLookedAt: [] };
  }
  return {
    workload: { ...seen, images: found.map(({ seen: image, running: as }) => as ?? image) },
    notLookedAt: [{ what: 'init-containers', where: labelOf(seen), why: RUNS_ANOTHER }],
  };
}

const notListed = (seen: WorkloadImages, { why }: Unread): Unread => ({
  where: labelOf(seen),
  why: `${NOT_LISTED}: ${why}`,
});

/** The names of containers that a diff without context does not tell, where the image leaves no doubt. */
export function nameContainers(seen: WorkloadImages, live: LiveContainers): WorkloadImages {
  if ('why' in live) return seen;
  return { ...seen, images: seen.images.map(image => nameContainer(image, live.images)) };
}

function nameContainer(image: ContainerImage, live: ContainerImage[]): ContainerImage {
  if (image.container !== null) return image;
  const [only, ...others] = live.filter(candidate => mayBe(image, candidate) && runsAs(image.image, candidate.image));
  return only === undefined || others.length > 0 ? image : only;
}

/** Whether the live workload has every image that was deployed to it, in the same container where that is known. */
export const runsAll = (images: readonly ContainerImage[], live: readonly ContainerImage[]): boolean =>
  match(images, live).every(({ running }) => running !== null);

/**
 * Marks each image that the workload does not run although it was deployed to it, with what runs in its place: the cluster
 * says that this did not happen.
 */
export function contradict(workload: WorkloadImages, live: readonly ContainerImage[]): WorkloadImages {
  const found = match(workload.images, live);
  const used = new Set(found.map(({ running }) => running));
  const free = live.filter(candidate => !used.has(candidate));
  return {
    ...workload,
    images: found.map(({ seen, running }) =>
      running === null ? { ...seen, runsInstead: insteadOf(seen, free) } : seen,
    ),
  };
}

function insteadOf(image: ContainerImage, free: readonly ContainerImage[]): string[] {
  const places = free.filter(candidate => mayBe(image, candidate));
  const alike = places.filter(candidate => sameRepository(image.image, candidate.image));
  return [...new Set((alike.length > 0 ? alike : places).map(candidate => candidate.image))].sort();
}

/** Each image with the container that runs it, no container twice. */
function match(images: readonly ContainerImage[], live: readonly ContainerImage[]) {
  const free = [...live];
  return images.map(seen => {
    const at = free.findIndex(candidate => mayBe(seen, candidate) && runsAs(seen.image, candidate.image));
    return { seen, running: at < 0 ? null : (free.splice(at, 1)[0] ?? null) };
  });
}

/** As far as names and lists tell, these are the same container. */
const mayBe = (image: ContainerImage, candidate: ContainerImage): boolean =>
  (image.container === null || image.container === candidate.container) &&
  (image.containerType === 'unknown' || image.containerType === candidate.containerType);
