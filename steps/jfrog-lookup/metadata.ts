import type { BuildInfo } from '../../lib/clients/artifactory.ts';
import type { Property } from '../../lib/clients/artifactory-answers.ts';
import {
  type Artifact,
  type ArtifactMetadata,
  METADATA_FIELDS,
  type MetadataField,
} from '../../lib/contracts/artifact-set.ts';
import { type Candidate, type Source, sourcesOf } from './metadata-sources.ts';
import type { PropertyNames } from './property-names.ts';

/** Properties that were read somewhere. */
export interface Reading {
  /** The place in words, such as docker-local/payments/api/1.0/manifest.json. */
  where: string;
  properties: readonly Property[];
}

/** All that was read for one image, each list with the best first. */
export interface Readings {
  manifests: Reading[];
  folders: Reading[];
  /** Manifests that belong to the image otherwise: its platforms, or the index it is part of. */
  siblings: Reading[];
  builds: { where: string; build: BuildInfo }[];
  /** What the place alone tells; null where the image is not in Artifactory. */
  derived: { artifactId: string; artifactLocation: string; from: string } | null;
}

export interface Findings {
  metadata: ArtifactMetadata;
  fieldSources: Artifact['fieldSources'];
  missing: MetadataField[];
  /** Values that were there but could not be used, as clauses for a person. */
  problems: string[];
}

/** Nothing is known of an image yet. */
export const noMetadata = (): ArtifactMetadata => ({
  jetId: null,
  sealId: null,
  artifactId: null,
  artifactLocation: null,
  projectName: null,
  branch: null,
  repoName: null,
  commitId: null,
});

/** Takes each field from the first source that has it. A source that contradicts itself gives nothing, and ends the search. */
export function toMetadata(readings: Readings, names: PropertyNames): Findings {
  const metadata = noMetadata();
  const findings: Findings = { metadata, fieldSources: {}, missing: [], problems: [] };
  for (const field of METADATA_FIELDS) {
    const problems: string[] = [];
    const found = firstOf(field, sourcesOf(field, readings, names), problems);
    if (found === null) {
      findings.missing.push(field);
      findings.problems.push(...problems);
    } else {
      if (field === 'sealId') metadata.sealId = Number(found.value);
      else metadata[field] = found.value;
      findings.fieldSources[field] = found.from;
    }
  }
  return findings;
}

function firstOf(field: MetadataField, sources: Iterable<Source>, problems: string[]): Candidate | null {
  for (const source of sources) {
    const usable = source.filter(candidate => {
      const fits = field !== 'sealId' || /^\d{1,15}$/.test(candidate.value);
      if (!fits) problems.push(`sealId is not a number: ${candidate.value.slice(0, 40)} (${candidate.from})`);
      return fits;
    });
    const [first] = usable;
    if (first === undefined) continue;
    const other = usable.find(candidate => candidate.value !== first.value);
    if (other === undefined) return first;
    problems.push(`two values of ${field}: ${first.value} (${first.from}) and ${other.value} (${other.from})`);
    return null;
  }
  return null;
}
