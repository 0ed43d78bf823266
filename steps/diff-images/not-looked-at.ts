import type { Deployment } from '../../lib/contracts/deployment.ts';
import {
  contradictionOf,
  type DeployedImage,
  type ImageDiff,
  isContradicted,
  isImageReference,
  owedImages,
} from '../../lib/contracts/image-diff.ts';
import { findable, unknownImages } from '../../lib/contracts/unknown-images.ts';
import { type Failure, refused } from '../../lib/runtime/failure.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import type { NotLookedAt } from './workload-key.ts';

/** What is left for the next step, which has the credentials of the registry. */
export function unknownDigests(images: readonly DeployedImage[]): NotLookedAt[] {
  const registries = images
    .filter(image => image.digest === null && isImageReference(image))
    .map(({ registry }) => registry);
  return [...new Set(registries)].sort().map(registry => {
    const count = registries.filter(host => host === registry).length;
    return {
      what: 'registry',
      where: registry,
      why: `digests that nobody told here: ${count}; jfrog-lookup asks for them`,
    };
  });
}

/** What may not be read in a place is missing for everything in it. */
const PLACES: readonly string[] = ['init-containers', 'pods', 'registry'];

/**
 * One entry for each place: what may not be read in a namespace is said once, not for every workload. Images have an entry
 * each. Texts from outside are made printable.
 */
export function summarise(entries: readonly NotLookedAt[]): NotLookedAt[] {
  const first = new Map<string, NotLookedAt>();
  for (const { what, where, why, remedy } of entries) {
    const key = JSON.stringify(PLACES.includes(what) ? [what, where] : [what, where, why]);
    if (!first.has(key))
      first.set(key, { what, where: oneLine(where), why: oneLine(why), ...(remedy !== undefined && { remedy }) });
  }
  return [...first.values()];
}

const LOOK_OTHERWISE =
  'let the workloads be read, or give --live and --target or --diff, or configure another evidence.strategy';
const NAME_FIELDS = 'name its fields in evidence.customResources, or say there that the kind holds no image';

/**
 * What must not be lost in silence: images that nobody looked at, and images that the cluster says were not deployed.
 * @param isOurs false where no evidence is ever owed for the image
 */
export function failureOf(
  diff: ImageDiff,
  deployment: Deployment,
  isOurs: (image: DeployedImage) => boolean,
): Failure | null {
  const missing = findable(unknownImages(deployment, diff), deployment);
  const rights = missing.filter(({ remedy }) => remedy !== undefined);
  const [image, ...images] = missing.filter(({ remedy }) => remedy === undefined);
  if (image !== undefined)
    return refused(
      'Images are not known',
      `${image.where}: ${image.why}${more(images)}`,
      rights[0]?.remedy ?? (image.what === 'field' ? NAME_FIELDS : LOOK_OTHERWISE),
    );
  const [right] = rights;
  if (right !== undefined)
    return refused(
      'A right is missing, so not everything is known',
      `${right.where}: ${right.why}${more(rights.slice(1))}`,
      `${rights
        .map(({ remedy }) => remedy)
        .filter((remedy, at, all) => all.indexOf(remedy) === at)
        .join(' && ')}, then retry`,
    );
  const [first, ...others] = owedImages(diff).filter(one => isContradicted(one) && isOurs(one));
  if (first === undefined) return null;
  return refused(
    'The cluster runs another image, so the evidence is held back',
    `${contradictionOf(first)} (ignoreDifferences?)${more(others)}`,
    'let the workload run what was synced and sync again, or accept the record as it is',
  );
}

const more = (entries: readonly unknown[]): string => (entries.length === 0 ? '' : `, and ${entries.length} more`);
