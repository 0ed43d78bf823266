import * as z from 'zod';
import { asDigest } from '../../lib/images/reference.ts';
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
  container: ({ spec, status }: Pod) => ({ specs: spec.containers, statuses: status.containerStatuses }),
  initContainer: ({ spec, status }: Pod) => ({ specs: spec.initContainers, statuses: status.initContainerStatuses }),
  ephemeralContainer: ({ spec, status }: Pod) => ({
    specs: spec.ephemeralContainers,
    statuses: status.ephemeralContainerStatuses,
  }),
};

/**
 * The manifest digests that the pods of one workload run for one of its containers: more than one where a mutable tag
 * was pulled at different times, none where no pod says. A container without a name is known by its image.
 */
export function digestsOf({ container, containerType, image }: ContainerImage, pods: readonly Pod[]): string[] {
  const lists = containerType === 'unknown' ? Object.values(LISTS) : [LISTS[containerType]];
  const found = pods.flatMap(pod =>
    lists.flatMap(list => {
      const { specs, statuses } = list(pod);
      const names =
        container === null ? specs.filter(spec => spec.image === image).map(spec => spec.name) : [container];
      return statuses.filter(({ name }) => names.includes(name)).map(({ imageID }) => digestOfImageId(imageID));
    }),
  );
  return [...new Set(found.filter(digest => digest !== null))].sort();
}

/**
 * The manifest digest of a container status' imageID: `repo@sha256:…`, also with Docker's `docker-pullable://`. A bare
 * `sha256:…` is the id of the image's configuration, which no registry knows as a manifest.
 */
export function digestOfImageId(imageId: string): string | null {
  const at = imageId.lastIndexOf('@');
  return at < 0 ? null : asDigest(imageId.slice(at + 1));
}
