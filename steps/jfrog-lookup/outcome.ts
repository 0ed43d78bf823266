import type { FoundItem } from '../../lib/clients/artifactory.ts';
import { type Artifact, METADATA_FIELDS } from '../../lib/contracts/artifact-set.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import type { FoundImage } from './find-images.ts';
import { digestOf, placeOf } from './hits.ts';
import type { Location } from './locations.ts';
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
  detail: oneLine(`Not ours, no evidence is owed: ${why}`),
});

const unresolved = (image: DeployedImage, outcome: Artifact['outcome'], detail: string): Artifact => ({
  image,
  outcome,
  metadata: noMetadata(),
  fieldSources: {},
  missing: [...METADATA_FIELDS],
  detail: oneLine(detail),
});

export const notAReference = (image: DeployedImage): Artifact =>
  unresolved(
    image,
    'not-looked-up',
    'Not an image reference, so nothing can be looked up: correct the manifest and sync again',
  );

/** What was not found, or not looked for: only where somebody asked does an answer say that there is nothing. */
export function notFound({ image, notes, fault, locations, tagged }: FoundImage): Artifact {
  const { digest, tag, registry } = image;
  if (digest === null && locations.length === 0)
    return unresolved(
      image,
      'not-looked-up',
      `Not looked up: no digest is known, and ${registry} is not known to belong to this Artifactory. If it does, configure artifactory.repositories for ${registry}; an image of someone else belongs in artifactory.thirdParty`,
    );
  if (fault !== null)
    return unresolved(image, 'not-looked-up', `Not looked up to the end: ${notes.join('; ')}. ${upper(fault.remedy)}`);
  const moved = digest === null || tag === null ? [] : (movedTag(image, tagged) ?? []);
  const why = [searchedFor(image, locations), ...moved, ...notes].join('; ');
  return unresolved(
    image,
    'not-found',
    `Not found in Artifactory: ${why}. Push it or give read permission and run this step again; an image of someone else belongs in artifactory.thirdParty`,
  );
}

function searchedFor({ digest, tag, registry }: DeployedImage, locations: readonly Location[]): string {
  const places = locations.map(({ repo, image }) => `${repo ?? '*'}/${image}`).join(', ');
  if (digest === null) return `tag ${tag} is in none of ${places}, and its digest is not known`;
  return locations.length === 0
    ? `${digest} is in no repository (${registry} is not known to belong to this Artifactory, so tag ${tag} was not looked for)`
    : `${digest} is in no repository`;
}

/** The tag was pushed again, or the digest is of another image that the node had. */
function movedTag({ tag, digestFrom }: DeployedImage, tagged: readonly FoundItem[]): string[] {
  const digests = [...new Set(tagged.map(digestOf))];
  if (digests.length === 0) return [];
  const now = `tag ${tag} names ${digests.join(' and ')}`;
  return [
    digestFrom === 'pod'
      ? `${now}: it was pushed again since, or the node had these bytes under another name`
      : `${now}: it was pushed again since`,
  ];
}

/** Found, but as another image than its reference says: whose metadata it would be is not for us to guess. */
export function ofAnother({ image, tagged, notes }: FoundImage, places: readonly string[]): Artifact {
  const { digest, digestFrom, registry, repository } = image;
  const told = digestFrom === 'pod' ? `${digest}, which the pod reports,` : digest;
  const why = [`${told} lies only in ${places.join(', ')}`, ...movedTag(image, tagged), ...notes].join('; ');
  return unresolved(
    image,
    'incomplete',
    `Found as another image than ${registry}/${repository}: ${why}. Write the digest into the manifest and sync again, or push the image where its name says; an image of someone else belongs in artifactory.thirdParty`,
  );
}

export function toArtifact({ image, best, readings, notes, fault }: ReadImage, names: PropertyNames): Artifact {
  const { metadata, fieldSources, missing, problems } = toMetadata(readings, names);
  const place = placeOf(best);
  const artifact = { image, metadata, fieldSources, missing };
  if (missing.length === 0)
    return { ...artifact, outcome: 'resolved', detail: oneLine(`Every field was found for ${place}`) };
  const lacking = `${missing.join(', ')} ${fault === null ? 'not found' : 'not read to the end'} for ${place}`;
  const why = [lacking, ...problems, ...notes].join('; ');
  const remedy = fault === null ? `Set the properties on ${place} and run this step again` : upper(fault.remedy);
  return { ...artifact, outcome: 'incomplete', detail: oneLine(`${why}. ${remedy}`) };
}

const upper = (clause: string): string => clause.charAt(0).toUpperCase() + clause.slice(1);
