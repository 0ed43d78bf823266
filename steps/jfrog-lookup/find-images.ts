import type { Artifactory, FoundItem } from '../../lib/clients/artifactory.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import { apart, blame, type Notes } from './apart.ts';
import { byDigest, type Clause } from './aql.ts';
import { digestOf, imageOf, isInCache, ranked, taggedHits } from './hits.ts';
import { byTag, type Hosting, type Location, locationsOf } from './locations.ts';
import { hasJetKeys, type PropertyNames } from './property-names.ts';
import { searchManifests } from './search.ts';

/** How images are looked up: where, and by which conventions. */
export interface LookupContext {
  artifactory: Artifactory;
  hosting: Hosting;
  names: PropertyNames;
  batchSize: number;
}

export interface FoundImage extends Notes {
  /** With the digest, where it was learnt here. */
  image: DeployedImage;
  /** Items that are this image, the best first; none where it was not found. */
  hits: FoundItem[];
  /** Where it may lie by its reference; none where its registry is not known to be this Artifactory. */
  locations: Location[];
  /** What the tag names in the likeliest of these places, where that was asked. */
  tagged: FoundItem[];
}

interface Search extends FoundImage {
  /** Repository in which the registry API has it. */
  seenIn: string | null;
}

/**
 * Finds images by digest; those without one, or not found by it where they should lie, by repository, path and tag; and asks the
 * registry last.
 */
export async function findImages(images: readonly DeployedImage[], context: LookupContext): Promise<FoundImage[]> {
  const searches = images.map(image => toSearch(image, context));
  await findByDigest(searches, context);
  await findByTag(
    searches.filter(search => unfound(search) || isElsewhere(search, context.names)),
    context,
  );
  const asked = searches.filter(unfound);
  const artifactory = context.artifactory.shared(asked.length);
  await Promise.all(asked.map(search => apart(search, () => askRegistry(search, artifactory))));
  const told = new Set(images);
  await findByDigest(
    asked.filter(({ image }) => !told.has(image)),
    context,
  );
  for (const { notes, seenIn, fault } of asked.filter(unfound))
    if (seenIn !== null && fault === null)
      notes.push(`the registry has it in ${seenIn}, but the search does not show it: read permission is lacking`);
  for (const search of searches) search.hits = ranked(search.hits, search.image, search.locations, context.names);
  return searches;
}

const toSearch = (image: DeployedImage, { hosting }: LookupContext): Search => ({
  image,
  hits: [],
  notes: [],
  fault: null,
  tagged: [],
  locations: locationsOf(image, hosting),
  seenIn: null,
});

const unfound = ({ hits }: Search): boolean => hits.length === 0;

/** Whether an item lies where the reference of the image says, in whichever repository. */
export const isAtItsPlace = (item: FoundItem, locations: readonly Location[]): boolean =>
  locations.some(({ image }) => image === imageOf(item));

/** Found by digest, but under another name, or only where somebody else's images are kept: the tag may tell another digest. */
const isElsewhere = ({ hits, locations }: Search, names: PropertyNames): boolean =>
  !hits.some(hit => isAtItsPlace(hit, locations) && (!isInCache(hit) || hasJetKeys(hit.properties, names)));

async function findByDigest(searches: readonly Search[], { artifactory, batchSize }: LookupContext): Promise<void> {
  const clauseOf = ({ image }: Search): Clause[] => (image.digest === null ? [] : [byDigest(image.digest)]);
  const items = await searchFor(searches, clauseOf, artifactory, batchSize);
  const found = new Map<string, FoundItem[]>();
  for (const item of items) found.set(digestOf(item), [...(found.get(digestOf(item)) ?? []), item]);
  for (const search of searches) search.hits = found.get(search.image.digest ?? '') ?? [];
}

/** Blames the images whose clauses are not answered. */
export async function searchFor<T extends Notes>(
  images: readonly T[],
  clausesOf: (image: T) => Clause[],
  artifactory: Artifactory,
  batchSize: number,
): Promise<FoundItem[]> {
  const { items, unanswered } = await searchManifests(artifactory, images.flatMap(clausesOf), batchSize);
  const why = new Map(unanswered.map(one => [JSON.stringify(one.clause), one.why]));
  for (const image of why.size === 0 ? [] : images) {
    const [failure] = clausesOf(image).flatMap(clause => why.get(JSON.stringify(clause)) ?? []);
    if (failure !== undefined) blame(image, failure);
  }
  return items;
}

async function findByTag(searches: readonly Search[], { artifactory, batchSize }: LookupContext): Promise<void> {
  const clausesOf = ({ image: { tag }, locations }: Search): Clause[] =>
    tag === null ? [] : locations.map(one => byTag(one, tag));
  const found = await searchFor(searches, clausesOf, artifactory, batchSize);
  const named = new Set(searches.flatMap(({ locations }) => locations.flatMap(({ repo }) => repo ?? [])));
  for (const search of searches) {
    const { image, locations } = search;
    if (image.tag === null) continue;
    search.tagged = taggedHits(found, image.tag, locations, named);
    const [digest, other] = new Set(search.tagged.map(digestOf));
    if (digest !== undefined && other === undefined && image.digest === null) learn(search, digest);
  }
}

function learn(search: Search, digest: string): void {
  search.image = { ...search.image, digest, digestFrom: 'registry' };
  search.hits = search.tagged.filter(hit => digestOf(hit) === digest);
}

/** What the search did not show may be absent, or kept from this account: the registry API tells which. */
async function askRegistry(search: Search, artifactory: Artifactory): Promise<void> {
  const { image, locations, notes } = search;
  const reference = image.digest ?? image.tag;
  if (reference === null) return;
  for (const { repo, image: path } of locations) {
    if (repo === null) continue;
    const answer = await artifactory.head(repo, path, reference);
    if (answer.state === 'forbidden') notes.push(`no permission to read ${repo}/${path}`);
    if (answer.state !== 'found') continue;
    const { digest, repository } = answer.value;
    if (image.digest === null && digest !== null) learn(search, digest);
    search.seenIn = repository ?? repo;
    return;
  }
  const digests = [...new Set(search.tagged.map(digestOf))];
  if (image.digest === null && digests.length > 1)
    notes.push(
      `several digests for tag ${image.tag} (${digests.join(', ')}): configure artifactory.repositories for ${image.registry}`,
    );
}
