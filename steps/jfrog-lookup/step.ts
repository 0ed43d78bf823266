import type { Artifactory } from '../../lib/clients/artifactory.ts';
import type { Artifact, ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { type DeployedImage, isContradicted, isImageReference } from '../../lib/contracts/image-diff.ts';
import { thirdPartyGlob } from '../../lib/images/third-party.ts';
import { findImages, type LookupContext } from './find-images.ts';
import type { Hosting } from './locations.ts';
import { notAReference, notFound, thirdParty, toArtifact } from './outcome.ts';
import { propertyNames } from './property-names.ts';
import { readMetadata } from './read-metadata.ts';
import { createRemoteCheck } from './third-party.ts';

/** What evidence is owed for, and what is not. */
export interface LookupInput {
  deploymentId: string;
  owed: readonly DeployedImage[];
  unchanged: readonly DeployedImage[];
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
): Promise<ArtifactSet> {
  const names = propertyNames(settings.propertyAliases);
  const globOf = (image: DeployedImage) => thirdPartyGlob(image, settings.thirdParty);
  const ours = owed.filter(image => isImageReference(image) && globOf(image) === undefined);
  const remote = ours.length === 0 ? null : connect(ours);
  const found = remote === null ? [] : await lookUpOurs(ours, { ...remote, names, batchSize: settings.batchSize });
  const artifacts = owed.map(
    image =>
      found[ours.indexOf(image)] ??
      (isImageReference(image)
        ? thirdParty(image, `artifactory.thirdParty names ${globOf(image)}`)
        : notAReference(image)),
  );
  return {
    schemaVersion: 'aftersync.artifact-set/v1',
    deploymentId,
    artifactory: remote?.url ?? null,
    artifacts,
    unchanged: [...unchanged],
  };
}

/** @returns one artifact for each image, in the same order */
async function lookUpOurs(images: readonly DeployedImage[], context: LookupContext): Promise<Artifact[]> {
  const remoteOnly = createRemoteCheck(context.artifactory, context.names);
  const found = await findImages(images, context);
  // What is held back is so until a person looked: only the configuration says for certain that nothing is owed for it.
  const remote = await Promise.all(found.map(image => (isContradicted(image.image) ? null : remoteOnly(image))));
  const own = found.flatMap((image, at) => {
    const [best] = image.hits;
    return best === undefined || remote[at] ? [] : [{ ...image, best, at }];
  });
  const read = await readMetadata(own, context);
  const artifacts = found.map((image, at) =>
    remote[at] ? thirdParty(image.image, `only in ${remote[at].join(', ')}, without JET keys`) : notFound(image),
  );
  read.forEach((image, n) => {
    artifacts[own[n]?.at ?? -1] = toArtifact(image, context.names);
  });
  return artifacts;
}
