import type { Deployment } from '../../lib/contracts/deployment.ts';
import { type DeployedImage, isImageReference } from '../../lib/contracts/image-diff.ts';
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

/**
 * One entry for each place: what may not be read in a namespace is said once, not for every workload. Images have an entry
 * each. Texts from outside are made printable.
 */
export function summarise(entries: readonly NotLookedAt[]): NotLookedAt[] {
  const first = new Map<string, NotLookedAt>();
  for (const { what, where, why } of entries) {
    const key = JSON.stringify(what === 'resource' ? [what, where, why] : [what, where]);
    if (!first.has(key)) first.set(key, { what, where: oneLine(where), why: oneLine(why) });
  }
  return [...first.values()];
}

/**
 * Images that nobody looked at must not be lost in silence. Only an operation that failed, or that is over with nothing kept
 * of it, is let through with images unknown: there is nothing left to look at, and a record that says so is owed all the same.
 */
export function failureOf(
  missing: readonly NotLookedAt[],
  { eventStatus, operation }: Pick<Deployment, 'eventStatus' | 'operation'>,
): Failure | null {
  const [image, ...images] = missing.filter(
    ({ what }) => what === 'resource' || (what === 'operation' && operation.current),
  );
  if (image === undefined || eventStatus === 'FAILED') return null;
  return refused(
    'Images are not known',
    `${image.where}: ${image.why}${more(images)}`,
    'let the workloads be read, or give --live and --target or --diff, or configure another evidence.strategy',
  );
}

const more = (entries: readonly unknown[]): string => (entries.length === 0 ? '' : `, and ${entries.length} more`);
