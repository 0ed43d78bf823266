import type { FoundItem } from '../../lib/clients/artifactory.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import { MANIFEST_NAMES } from './aql.ts';
import type { Location } from './locations.ts';
import { hasJetKeys, type PropertyNames } from './property-names.ts';

/** Path of the item's image: the folder above the one named for the tag or digest. */
export const imageOf = (hit: FoundItem): string => hit.path.slice(0, Math.max(0, hit.path.lastIndexOf('/')));
export const folderOf = (hit: FoundItem): string => hit.path.slice(hit.path.lastIndexOf('/') + 1);
export const placeOf = (hit: FoundItem): string => `${hit.repo}/${hit.path}/${hit.name}`;
export const digestOf = (hit: FoundItem): string => `sha256:${hit.sha256}`;

export const isManifest = (item: FoundItem): boolean =>
  MANIFEST_NAMES.includes(item.name) &&
  !/(^|\/)_uploads(\/|$)/.test(item.path) &&
  /^[0-9a-f]{64}$/.test(item.sha256 ?? '');

/** By its name: Artifactory keeps what it pulled through a remote repository in <key>-cache. */
export const isInCache = ({ repo }: FoundItem): boolean => repo.endsWith('-cache');
const isCopy = (item: FoundItem): boolean => isInCache(item) || item.repo.endsWith('release-bundles-v2');

/** Orders items of one digest: repository of the reference, same tag, original before copy, with JET keys, the newest. */
export function ranked(
  hits: readonly FoundItem[],
  image: DeployedImage,
  locations: readonly Location[],
  names: PropertyNames,
): FoundItem[] {
  const rank = (hit: FoundItem): number[] => [
    locations.some(({ repo, image: path }) => repo === hit.repo && path === imageOf(hit)) ? 0 : 1,
    locations.some(({ repo }) => repo === hit.repo) ? 0 : 1,
    folderOf(hit) === image.tag ? 0 : 1,
    isCopy(hit) ? 1 : 0,
    hasJetKeys(hit.properties, names) ? 0 : 1,
    -(Date.parse(hit.created ?? '') || 0),
  ];
  const keyed = hits.map(hit => ({ hit, key: rank(hit) }));
  return keyed
    .sort((a, b) => compare(a.key, b.key) || (placeOf(a.hit) < placeOf(b.hit) ? -1 : 1))
    .map(({ hit }) => hit);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, n) => value !== b[n]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/**
 * The items that an image's tag names: those of its likeliest location that has any. A virtual repository answers with its
 * members' names, so an item whose repository nobody named counts too.
 */
export function taggedHits(
  found: readonly FoundItem[],
  tag: string,
  locations: readonly Location[],
  named: ReadonlySet<string>,
): FoundItem[] {
  for (const { repo, image } of locations) {
    const here = found.filter(hit => hit.path === `${image}/${tag}`);
    const exact = here.filter(hit => repo === null || hit.repo === repo);
    const hits = exact.length > 0 ? exact : here.filter(hit => !named.has(hit.repo));
    if (hits.length > 0) return hits;
  }
  return [];
}
