import type { ContainerImage } from './workload-images.ts';

export type Branch = Record<string, unknown>;

export const isBranch = (value: unknown): value is Branch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The container lists of a pod spec, in the order in which a pod spec is usually read. */
export const CONTAINER_LISTS: Record<string, ContainerImage['containerType']> = {
  containers: 'container',
  initContainers: 'initContainer',
  ephemeralContainers: 'ephemeralContainer',
};

/** Never looked into: names and notes, what the cluster reports, and schemas. */
export const NO_TEMPLATE = ['metadata', 'status', 'openAPIV3Schema'];

/** A place of a pod spec that names an image, with what it holds: nothing, or no text, where it should hold one. */
export interface ImagePlace {
  container: string | null;
  containerType: ContainerImage['containerType'];
  value: unknown;
}

/** Everything in a pod spec that makes a node pull an image: containers, and volumes that are images. */
export function placesOf(podSpec: Branch): ImagePlace[] {
  const containers = Object.entries(CONTAINER_LISTS).flatMap(([list, containerType]) =>
    branchesOf(podSpec[list]).map(container => ({
      container: nameOf(container),
      containerType,
      value: container.image,
    })),
  );
  const volumes = branchesOf(podSpec.volumes).flatMap(volume =>
    isBranch(volume.image)
      ? [{ container: nameOf(volume), containerType: 'imageVolume' as const, value: volume.image.reference }]
      : [],
  );
  return [...containers, ...volumes];
}

const branchesOf = (list: unknown): Branch[] => (Array.isArray(list) ? list.filter(isBranch) : []);

const nameOf = ({ name }: Branch): string | null => (typeof name === 'string' && name !== '' ? name : null);
