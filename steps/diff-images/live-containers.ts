import type { ContainerImage, WorkloadImages } from './workload-images.ts';
import { labelOf, type NotLookedAt } from './workload-key.ts';

/** The containers of a workload as the cluster has it; or why, and how widely, they could not be read. */
export type LiveContainers = { images: ContainerImage[] } | { where: string; why: string };

export interface Completed {
  workload: WorkloadImages;
  notLookedAt: NotLookedAt[];
}

const NOT_LISTED = 'Argo CD lists no images for it';
const MOVED_ON = 'the live workload does not run the images that were synced';

/**
 * What a sync result lacks, from the live workload: names of containers, init containers, and before Argo CD 3.1 every
 * image. The live workload is believed only where its regular containers are the ones that were synced.
 */
export function completeSyncResult(seen: WorkloadImages, live: LiveContainers): Completed {
  const isListed = seen.images.length > 0;
  if ('why' in live) {
    if (isListed) return { workload: seen, notLookedAt: [{ what: 'init-containers', ...live }] };
    return {
      workload: seen,
      notLookedAt: [{ what: 'resource', where: labelOf(seen), why: `${NOT_LISTED}: ${live.why}` }],
    };
  }
  if (!isListed || sameTexts(seen.images, live.images.filter(isRegular)))
    return { workload: { ...seen, images: live.images }, notLookedAt: [] };
  return {
    workload: nameContainers(seen, live),
    notLookedAt: [{ what: 'init-containers', where: labelOf(seen), why: MOVED_ON }],
  };
}

/** The names of containers that a diff without context does not tell, where the image leaves no doubt. */
export function nameContainers(seen: WorkloadImages, live: LiveContainers): WorkloadImages {
  if ('why' in live) return seen;
  return { ...seen, images: seen.images.map(image => nameContainer(image, live.images)) };
}

function nameContainer(image: ContainerImage, live: ContainerImage[]): ContainerImage {
  if (image.container !== null) return image;
  const [only, ...others] = live.filter(
    candidate =>
      candidate.image === image.image &&
      (image.containerType === 'unknown' || image.containerType === candidate.containerType),
  );
  return only === undefined || others.length > 0 ? image : only;
}

const isRegular = ({ containerType }: ContainerImage): boolean => containerType === 'container';

const sameTexts = (one: ContainerImage[], other: ContainerImage[]): boolean =>
  JSON.stringify(one.map(({ image }) => image).sort()) === JSON.stringify(other.map(({ image }) => image).sort());
