import type { DeployedImage, Workload } from '../../lib/contracts/image-diff.ts';
import { type ImageReference, parseImageReference } from '../../lib/images/reference.ts';
import type { ContainerImage, WorkloadImages } from './workload-images.ts';

/** One container with what is known of its image. */
export interface DeployedContainer {
  workload: Workload;
  /** As the manifest writes it. */
  text: string;
  reference: ImageReference;
  digest: string | null;
  digestFrom: DeployedImage['digestFrom'];
}

/** A container and the text of its image, which no runtime may take. */
export interface WrittenImage {
  workload: Workload;
  text: string;
}

/**
 * Every container, once for each digest that its pods run. A text that is no image reference is told apart, never dropped.
 * @param digestsOf what the pods of a workload run for an image that is written without a digest
 */
export function toDeployedContainers(
  workloads: readonly WorkloadImages[],
  digestsOf: (workload: WorkloadImages, image: ContainerImage) => string[],
): { containers: DeployedContainer[]; refused: WrittenImage[] } {
  const containers: DeployedContainer[] = [];
  const refused: WrittenImage[] = [];
  for (const workload of workloads)
    for (const image of workload.images) {
      const reference = parseImageReference(image.image);
      const bare = { workload: toWorkload(workload, image), text: image.image };
      if (reference === null) refused.push(bare);
      else containers.push(...withDigests(bare, reference, digestsOf(workload, image)));
    }
  return { containers, refused };
}

const toWorkload = (
  { group, kind, namespace, name, hookType }: WorkloadImages,
  { container, containerType, runsInstead }: ContainerImage,
): Workload => ({
  group,
  kind,
  namespace,
  name,
  container,
  containerType,
  hookType,
  ...(runsInstead !== undefined && { runsInstead }),
});

function withDigests(
  { workload, text }: WrittenImage,
  reference: ImageReference,
  running: string[],
): DeployedContainer[] {
  const bare = { workload, text, reference };
  if (reference.digest !== null) return [{ ...bare, digest: reference.digest, digestFrom: 'reference' }];
  if (running.length === 0) return [{ ...bare, digest: null, digestFrom: null }];
  return running.map(digest => ({ ...bare, digest, digestFrom: 'pod' }));
}
