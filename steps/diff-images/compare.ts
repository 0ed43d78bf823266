import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import type { DeployedContainer } from './deployed-container.ts';
import type { PreviousImage } from './previous-images.ts';

export interface ContainerChange {
  change: DeployedImage['change'];
  /** What this container ran before, empty where that is not known. */
  previousReferences: string[];
}

/**
 * What became of one container's image. A tag that points at another digest than before is an update, and so is one whose
 * digest is known for the first time.
 * @param before what its workload ran, null where nobody knows
 */
export function compareContainer(
  container: DeployedContainer,
  before: readonly PreviousImage[] | null,
): ContainerChange {
  const same = before?.find(image => isSame(container, image));
  if (same !== undefined)
    return { change: isNewDigest(container, same) ? 'updated' : 'unchanged', previousReferences: [same.text] };
  const byName = before?.filter(image => isSameContainer(container, image)) ?? [];
  const predecessors = byName.length > 0 ? byName : (before?.filter(image => isSameRepository(container, image)) ?? []);
  if (predecessors.length === 0) return { change: 'added', previousReferences: [] };
  return { change: 'updated', previousReferences: predecessors.map(image => spell(container, image)) };
}

function isSame(container: DeployedContainer, image: PreviousImage): boolean {
  if (!isSameRepository(container, image)) return false;
  if (container.digest !== null && image.digest !== null) return container.digest === image.digest;
  return container.reference.tag !== null && container.reference.tag === image.tag;
}

/**
 * A tag whose digest nobody knew, and that is known now: whether it is what ran before, nobody can say. Of a text that a
 * strategy saw no digest was ever asked for, so only one that is written now is new.
 */
const isNewDigest = (container: DeployedContainer, image: PreviousImage): boolean =>
  container.digest !== null && image.digest === null && (image.recorded || container.digestFrom === 'reference');

const isSameRepository = ({ reference }: DeployedContainer, image: PreviousImage): boolean =>
  reference.registry === image.registry && reference.repository === image.repository;

const isSameContainer = ({ workload }: DeployedContainer, image: PreviousImage): boolean =>
  workload.container !== null &&
  workload.container === image.container &&
  workload.containerType === image.containerType;

/** The same text twice would tell a person nothing: then the digest is written as well. */
const spell = ({ text }: DeployedContainer, image: PreviousImage): string =>
  text === image.text && image.digest !== null ? `${image.text}@${image.digest}` : image.text;
