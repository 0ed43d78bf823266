import type { Artifactory, FoundItem } from '../../lib/clients/artifactory.ts';
import type { Property } from '../../lib/clients/artifactory-answers.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import { apart } from './apart.ts';
import { byDigest, type Clause } from './aql.ts';
import { type FoundImage, type LookupContext, searchFor } from './find-images.ts';
import { digestOf, folderOf, imageOf, placeOf } from './hits.ts';
import { byTag } from './locations.ts';
import { type Reading, type Readings, toMetadata } from './metadata.ts';

export interface ReadImage extends FoundImage {
  best: FoundItem;
  readings: Readings;
}

/** Reads on along the fallback chain for each image, but only while one of its fields has no value yet. */
export async function readMetadata(
  found: readonly (FoundImage & { best: FoundItem })[],
  context: LookupContext,
): Promise<ReadImage[]> {
  const images = found.map(one => ({ ...one, readings: fromHits(one) }));
  const lacking = (some: readonly ReadImage[]) =>
    some.filter(({ readings }) => toMetadata(readings, context.names).missing.length > 0);
  const incomplete = lacking(images);
  await each(incomplete, context.artifactory, readFolder);
  const withoutFolder = lacking(incomplete);
  await readSiblings(withoutFolder, context);
  await each(lacking(withoutFolder), context.artifactory, readBuild);
  return images;
}

/** Reads on for each image that nothing went wrong with yet. */
async function each(
  images: readonly ReadImage[],
  artifactory: Artifactory,
  read: (image: ReadImage, artifactory: Artifactory) => Promise<void>,
): Promise<void> {
  const sound = images.filter(({ fault }) => fault === null);
  const shared = artifactory.shared(sound.length);
  await Promise.all(sound.map(image => apart(image, () => read(image, shared))));
}

const toReading = (item: FoundItem, what = ''): Reading => ({
  where: placeOf(item) + what,
  properties: item.properties,
});

function fromHits({ best, hits }: { best: FoundItem; hits: FoundItem[] }): Readings {
  const name = imageOf(best).split('/').at(-1);
  const derived = {
    artifactId: `${name}:sha256@${best.sha256}`,
    artifactLocation: `artifactory/${best.repo}/${imageOf(best)}`,
    from: `derived from ${placeOf(best)}`,
  };
  return { manifests: hits.map(hit => toReading(hit)), folders: [], siblings: [], builds: [], derived };
}

/** JFrog tells its users to set the properties of an image on the folder of its tag. */
async function readFolder({ best, readings, notes }: ReadImage, artifactory: Artifactory): Promise<void> {
  const where = `folder ${best.repo}/${best.path}`;
  const answer = await artifactory.properties(best.repo, best.path);
  if (answer.state === 'forbidden') notes.push(`no permission to read properties of ${where}`);
  if (answer.state === 'found') readings.folders.push({ where, properties: answer.value });
}

/** A build may mark only the index of a multi-arch image, or only its platforms. */
async function readSiblings(images: readonly ReadImage[], { artifactory, batchSize }: LookupContext): Promise<void> {
  const children = new Map<ReadImage, string[]>();
  await each(images, artifactory, async (one, shared) => {
    if (one.best.name === 'list.manifest.json') children.set(one, await platformsOf(one.best, shared, one.notes));
  });
  const clausesOf = (one: ReadImage): Clause[] => [
    ...(children.get(one) ?? []).map(byDigest),
    ...(isPlatform(one.best) && one.image.tag !== null
      ? [byTag({ repo: one.best.repo, image: imageOf(one.best) }, one.image.tag)]
      : []),
  ];
  const items = await searchFor(images, clausesOf, artifactory, batchSize);
  await each(images, artifactory, async (one, shared) => {
    const { best, image, readings, notes } = one;
    const near = items.filter(item => item.repo === best.repo && imageOf(item) === imageOf(best));
    const platforms = near.filter(item => children.get(one)?.includes(digestOf(item)));
    readings.siblings.push(...platforms.map(item => toReading(item, ', a platform of the index')));
    const index = near.find(item => item.name === 'list.manifest.json' && folderOf(item) === image.tag);
    if (!isPlatform(best) || index === undefined) return;
    // The tag may have moved on to an index of other platforms.
    if ((await platformsOf(index, shared, notes)).includes(digestOf(best)))
      readings.siblings.push(toReading(index, ', the index of the platform'));
  });
}

const isPlatform = (item: FoundItem): boolean => item.name === 'manifest.json' && folderOf(item).startsWith('sha256:');

async function platformsOf(index: FoundItem, artifactory: Artifactory, notes: string[]): Promise<string[]> {
  const answer = await artifactory.platforms(index.repo, imageOf(index), digestOf(index));
  if (answer.state === 'forbidden') notes.push(`no permission to read the manifest ${placeOf(index)}`);
  return answer.state === 'found' ? answer.value : [];
}

async function readBuild({ readings, notes }: ReadImage, artifactory: Artifactory): Promise<void> {
  const all = [...readings.manifests, ...readings.folders, ...readings.siblings];
  const properties = all
    .map(reading => reading.properties)
    .find(one => theValue(one, 'build.name') && theValue(one, 'build.number'));
  const name = theValue(properties, 'build.name');
  const number = theValue(properties, 'build.number');
  if (name === undefined || number === undefined) return;
  const where = `build ${name}/${number}`;
  const answer = await artifactory.build(name, number, theValue(properties, 'build.project') ?? null);
  if (answer.state === 'found') readings.builds.push({ where, build: answer.value });
  else notes.push(answer.state === 'forbidden' ? `no permission to read ${where}` : `${where} is not there`);
}

/** The value of a property that has exactly one, where it can be said. */
function theValue(properties: readonly Property[] | undefined, key: string): string | undefined {
  const [value, other] = new Set(
    (properties ?? []).filter(one => one.key === key && one.value !== '').map(one => one.value),
  );
  return other === undefined && value === oneLine(value ?? '') ? value : undefined;
}
