import * as z from 'zod';
import { asDigest } from '../../lib/images/reference.ts';
import { runsAs, sameRepository } from './same-image.ts';
import type { ContainerImage } from './workload-images.ts';

const containers = z.array(z.object({ name: z.string(), image: z.string().optional() })).prefault([]);
const statuses = z.array(z.object({ name: z.string(), imageID: z.string().default('') })).prefault([]);

/** What tells which image a pod runs, and whose it is. Source: core/v1 Pod. */
export const Pod = z.object({
  metadata: z.object({
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string(), uid: z.string() })).default([]),
  }),
  spec: z.object({ containers, initContainers: containers, ephemeralContainers: containers }).prefault({}),
  status: z
    .object({
      containerStatuses: statuses,
      initContainerStatuses: statuses,
      ephemeralContainerStatuses: statuses,
    })
    .prefault({}),
});
export type Pod = z.infer<typeof Pod>;

const LISTS = {
  /** Of what is mounted a pod has no status. */
  imageVolume: (_: Pod) => ({ specs: [], statuses: [] }),
  container: ({ spec, status }: Pod) => ({ specs: spec.containers, statuses: status.containerStatuses }),
  initContainer: ({ spec, status }: Pod) => ({ specs: spec.initContainers, statuses: status.initContainerStatuses }),
  ephemeralContainer: ({ spec, status }: Pod) => ({
    specs: spec.ephemeralContainers,
    statuses: status.ephemeralContainerStatuses,
  }),
};

/** What pods tell of one container. */
export interface ToldByPods {
  /** More than one where a mutable tag was pulled at different times, none where no pod says. */
  digests: string[];
  /** What they name that is another image: a node that had the same bytes under another name, or a rewritten pod. */
  others: string[];
}

/**
 * The manifest digests that the pods of one workload run for one of its containers. A digest is one of the image's repository
 * alone: another repository's manifest may have another digest. A container without a name is known by its image.
 */
export function digestsOf({ container, containerType, image }: ContainerImage, pods: readonly Pod[]): ToldByPods {
  const lists = containerType === 'unknown' ? Object.values(LISTS) : [LISTS[containerType]];
  const digests = new Set<string>();
  const others = new Set<string>();
  for (const { specs, statuses } of pods.flatMap(pod => lists.map(list => list(pod))))
    for (const spec of specs) {
      const runs = spec.image === undefined || runsAs(image, spec.image);
      if (container === null ? spec.image === undefined || !runs : spec.name !== container) continue;
      if (!runs) others.add(spec.image ?? '');
      for (const { imageID } of statuses.filter(({ name }) => runs && name === spec.name)) {
        const digest = digestOfImageId(imageID);
        if (digest === null) continue;
        if (sameRepository(image, nameOfImageId(imageID))) digests.add(digest);
        else others.add(nameOfImageId(imageID));
      }
    }
  return { digests: [...digests].sort(), others: [...others].sort() };
}

/**
 * The manifest digest of a container status' imageID: `repo@sha256:…`, also with Docker's `docker-pullable://`. A bare
 * `sha256:…` is the id of the image's configuration, which no registry knows as a manifest.
 */
export function digestOfImageId(imageId: string): string | null {
  const at = imageId.lastIndexOf('@');
  return at < 0 ? null : asDigest(imageId.slice(at + 1));
}

const nameOfImageId = (imageId: string): string => imageId.replace(/^[a-z-]+:\/\//, '');
