import { type Artifact, METADATA_FIELDS } from '../../lib/contracts/artifact-set.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import type { FoundImage } from './find-images.ts';
import { placeOf } from './hits.ts';
import { noMetadata, toMetadata } from './metadata.ts';
import type { PropertyNames } from './property-names.ts';
import type { ReadImage } from './read-metadata.ts';

/** @param why the configuration or the repositories that show it */
export const thirdParty = (image: DeployedImage, why: string): Artifact => ({
  image,
  outcome: 'third-party',
  metadata: noMetadata(),
  fieldSources: {},
  missing: [],
  detail: `Not ours, no evidence is owed: ${why}.`,
});

export const notAReference = (image: DeployedImage): Artifact => ({
  image,
  outcome: 'not-found',
  metadata: noMetadata(),
  fieldSources: {},
  missing: [...METADATA_FIELDS],
  detail: 'Not an image reference, so nothing can be looked up: correct the manifest and sync again.',
});

export function notFound({ image, notes }: FoundImage): Artifact {
  const searched =
    image.digest === null ? `no digest is known and tag ${image.tag} was not found` : `${image.digest} was not found`;
  return {
    image,
    outcome: 'not-found',
    metadata: noMetadata(),
    fieldSources: {},
    missing: [...METADATA_FIELDS],
    detail: `Not in Artifactory: ${[searched, ...notes].join('; ')}. Push it or give read permission and run this step again; an image of someone else belongs in artifactory.thirdParty.`,
  };
}

export function toArtifact({ image, best, readings, notes }: ReadImage, names: PropertyNames): Artifact {
  const { metadata, fieldSources, missing, problems } = toMetadata(readings, names);
  const place = placeOf(best);
  const artifact = { image, metadata, fieldSources, missing };
  if (missing.length === 0) return { ...artifact, outcome: 'resolved', detail: `Every field was found for ${place}.` };
  const why = [`${missing.join(', ')} not found for ${place}`, ...problems, ...notes].join('; ');
  return {
    ...artifact,
    outcome: 'incomplete',
    detail: `${why}. Set the properties on ${place} and run this step again.`,
  };
}
