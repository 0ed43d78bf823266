import type { DeployedImage, Workload } from '../../lib/contracts/image-diff.ts';
import { type ImageReference, parseImageReference } from '../../lib/images/reference.ts';
import type { ContainerImage, WorkloadImages } from './workload-images.ts';
import { labelOf, type NotLookedAt } from './workload-key.ts';

/** One container with what is known of its image. */
export interface DeployedContainer {
  workload: Workload;
  /** As the manifest writes it. */
  text: string;
  reference: ImageReference;
  digest: string | null;
  digestFrom: DeployedImage['digestFrom'];
}

/**
 * Every container, once for each digest that its pods run. A text that is no image reference is told apart, never dropped.
 * @param digestsOf what the pods of a workload run for an image that is written without a digest
 */
export function toDeployedContainers(
  workloads: readonly WorkloadImages[],
  digestsOf: (workload: WorkloadImages, image: ContainerImage) => string[],
): { containers: DeployedContainer[]; refusedTexts: NotLookedAt[] } {
  const containers: DeployedContainer[] = [];
  const refusedTexts: NotLookedAt[] = [];
  for (const workload of workloads)
    for (const image of workload.images) {
      const reference = parseImageReference(image.image);
      if (reference === null) refusedTexts.push(refusal(workload, image));
      else containers.push(...withDigests(workload, image, reference, digestsOf(workload, image)));
    }
  return { containers, refusedTexts };
}

function withDigests(
  { group, kind, namespace, name, hookType }: WorkloadImages,
  { container, containerType, image }: ContainerImage,
  reference: ImageReference,
  running: string[],
): DeployedContainer[] {
  const workload = { group, kind, namespace, name, container, containerType, hookType };
  const bare = { workload, text: image, reference };
  if (reference.digest !== null) return [{ ...bare, digest: reference.digest, digestFrom: 'reference' }];
  if (running.length === 0) return [{ ...bare, digest: null, digestFrom: null }];
  return running.map(digest => ({ ...bare, digest, digestFrom: 'pod' }));
}

const refusal = (workload: WorkloadImages, { container, image }: ContainerImage): NotLookedAt => ({
  what: 'resource',
  where: container === null ? labelOf(workload) : `${labelOf(workload)} container ${container}`,
  why: `its image is no image reference: ${JSON.stringify(image)}`,
});
