import type { Artifactory } from '../../lib/clients/artifactory.ts';
import type { Artifact, ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { type DeployedImage, isImageReference } from '../../lib/contracts/image-diff.ts';
import { thirdPartyGlob } from '../../lib/images/third-party.ts';
import { ExitCode, type Failure } from '../../lib/runtime/failure.ts';
import { apart } from './apart.ts';
import { type FoundImage, findImages, type LookupContext } from './find-images.ts';
import type { Hosting } from './locations.ts';
import { notAReference, notFound, ofAnother, thirdParty, toArtifact } from './outcome.ts';
import { propertyNames } from './property-names.ts';
import { readMetadata } from './read-metadata.ts';
import { createOwnerCheck, type Owner } from './third-party.ts';

/** What evidence is owed for, and what is not. */
export interface LookupInput {
  deploymentId: string;
  owed: readonly DeployedImage[];
  unchanged: readonly DeployedImage[];
}

export interface Lookup {
  set: ArtifactSet;
  /** An image that could not be looked up to the end, which a later try may; null where there is none. */
  interrupted: Artifact | null;
}

/**
 * Looks up where each image lies in Artifactory and what is known of it. Every image has its own outcome. Running it twice
 * is safe: it only reads, and a second run finds what has been mended since.
 * @param connect makes the client for the images that may lie in Artifactory; not called where there are none
 */
export async function lookUp(
  { deploymentId, owed, unchanged }: LookupInput,
  settings: Configuration['artifactory'],
  connect: (images: readonly DeployedImage[]) => { url: string; artifactory: Artifactory; hosting: Hosting },
): Promise<Lookup> {
  const names = propertyNames(settings.propertyAliases);
  const globOf = (image: DeployedImage) => thirdPartyGlob(image, settings.thirdParty);
  const ours = owed.filter(image => isImageReference(image) && globOf(image) === undefined);
  const remote = ours.length === 0 ? null : connect(ours);
  const found = remote === null ? [] : await lookUpOurs(ours, { ...remote, names, batchSize: settings.batchSize });
  const artifacts = owed.map(
    image =>
      found[ours.indexOf(image)]?.artifact ??
      (isImageReference(image)
        ? thirdParty(image, `artifactory.thirdParty names ${globOf(image)}`)
        : notAReference(image)),
  );
  const set: ArtifactSet = {
    schemaVersion: 'aftersync.artifact-set/v1',
    deploymentId,
    artifactory: remote?.url ?? null,
    artifacts,
    unchanged: [...unchanged],
  };
  const isUnresolved = ({ artifact: { outcome } }: Outcome) => outcome === 'incomplete' || outcome === 'not-looked-up';
  const interrupted = found.find(one => one.fault?.exitCode === ExitCode.transient && isUnresolved(one));
  return { set, interrupted: interrupted?.artifact ?? null };
}

interface Outcome {
  artifact: Artifact;
  fault: Failure | null;
}

/** @returns one artifact for each image, in the same order */
async function lookUpOurs(images: readonly DeployedImage[], context: LookupContext): Promise<Outcome[]> {
  const found = await findImages(images, context);
  const owners = await findOwners(found, context);
  const own = found.flatMap(image => {
    const [best] = image.hits;
    return best !== undefined && owners.get(image)?.type === 'ours' ? [{ ...image, best }] : [];
  });
  const read = new Map((await readMetadata(own, context)).map(image => [image.image, image]));
  return found.map(image => {
    const owner = owners.get(image);
    const metadata = read.get(image.image);
    if (metadata !== undefined) return { artifact: toArtifact(metadata, context.names), fault: metadata.fault };
    if (owner?.type === 'third-party')
      return {
        artifact: thirdParty(image.image, `only in ${owner.repositories.join(', ')}, without JET keys`),
        fault: null,
      };
    if (owner?.type === 'another') return { artifact: ofAnother(image, owner.places), fault: image.fault };
    return { artifact: notFound(image), fault: image.fault };
  });
}

async function findOwners(found: readonly FoundImage[], { artifactory, names }: LookupContext) {
  const there = found.filter(({ hits }) => hits.length > 0);
  const ownerOf = createOwnerCheck(artifactory.shared(there.length), names);
  const owners = new Map<FoundImage, Owner>();
  const find = (image: FoundImage) =>
    apart(image, async () => {
      owners.set(image, await ownerOf(image));
    });
  await Promise.all(there.map(find));
  return owners;
}
