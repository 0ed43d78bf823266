import type { Artifactory, FoundItem } from '../../lib/clients/artifactory.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import { byDigest } from './aql.ts';
import { digestOf, ranked, taggedHits } from './hits.ts';
import { byTag, type Hosting, type Location, locationsOf } from './locations.ts';
import type { PropertyNames } from './property-names.ts';
import { searchManifests } from './search.ts';

/** How images are looked up: where, and by which conventions. */
export interface LookupContext {
  artifactory: Artifactory;
  hosting: Hosting;
  names: PropertyNames;
  batchSize: number;
}

export interface FoundImage {
  /** With the digest, where it was learnt here. */
  image: DeployedImage;
  /** Items that are this image, the best first; none where it was not found. */
  hits: FoundItem[];
  /** What stood in the way, as clauses for a person. */
  notes: string[];
}

interface Search extends FoundImage {
  locations: Location[];
  tagged: FoundItem[];
  /** Repository in which the registry API has it. */
  seenIn: string | null;
}

/** Finds images by digest; those without one, or not found by it, by repository, path and tag; and asks the registry last. */
export async function findImages(images: readonly DeployedImage[], context: LookupContext): Promise<FoundImage[]> {
  const searches = images.map(image => toSearch(image, context));
  await findByDigest(searches, context);
  await findByTag(searches.filter(unfound), context);
  const asked = searches.filter(unfound);
  await Promise.all(asked.map(search => askRegistry(search, context)));
  const told = new Set(images);
  await findByDigest(
    asked.filter(({ image }) => !told.has(image)),
    context,
  );
  for (const { notes, seenIn } of asked.filter(unfound))
    if (seenIn !== null)
      notes.push(`the registry has it in ${seenIn}, but the search does not show it: read permission is lacking`);
  for (const search of searches) search.hits = ranked(search.hits, search.image, search.locations, context.names);
  return searches;
}

const toSearch = (image: DeployedImage, { hosting }: LookupContext): Search => ({
  image,
  hits: [],
  notes: [],
  tagged: [],
  locations: locationsOf(image, hosting),
  seenIn: null,
});

const unfound = ({ hits }: Search): boolean => hits.length === 0;

async function findByDigest(searches: readonly Search[], { artifactory, batchSize }: LookupContext): Promise<void> {
  const digests = searches.flatMap(({ image }) => image.digest ?? []);
  const found = new Map<string, FoundItem[]>();
  for (const item of await searchManifests(artifactory, digests.map(byDigest), batchSize))
    found.set(digestOf(item), [...(found.get(digestOf(item)) ?? []), item]);
  for (const search of searches) search.hits = found.get(search.image.digest ?? '') ?? [];
}

async function findByTag(searches: Search[], { artifactory, batchSize }: LookupContext): Promise<void> {
  const clauses = searches.flatMap(({ image: { tag }, locations }) =>
    tag === null ? [] : locations.map(one => byTag(one, tag)),
  );
  const found = await searchManifests(artifactory, clauses, batchSize);
  const named = new Set(searches.flatMap(({ locations }) => locations.flatMap(({ repo }) => repo ?? [])));
  for (const search of searches) {
    const { image, locations } = search;
    if (image.tag === null) continue;
    search.tagged = taggedHits(found, image.tag, locations, named);
    const [digest, other] = new Set(search.tagged.map(digestOf));
    if (digest === undefined) continue;
    if (image.digest !== null) search.notes.push(`tag ${image.tag} now names another digest, ${digest}`);
    else if (other === undefined) learn(search, digest);
  }
}

function learn(search: Search, digest: string): void {
  search.image = { ...search.image, digest, digestFrom: 'registry' };
  search.hits = search.tagged.filter(hit => digestOf(hit) === digest);
}

/** What the search did not show may be absent, or kept from this account: the registry API tells which. */
async function askRegistry(search: Search, { artifactory }: LookupContext): Promise<void> {
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
