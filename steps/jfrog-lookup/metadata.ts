import type { BuildInfo } from '../../lib/clients/artifactory.ts';
import type { Property } from '../../lib/clients/artifactory-answers.ts';
import {
  type Artifact,
  type ArtifactMetadata,
  METADATA_FIELDS,
  type MetadataField,
} from '../../lib/contracts/artifact-set.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
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

/** No identifier, branch or place is longer. */
const MAX_VALUE = 1000;

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
      findings.fieldSources[field] = oneLine(found.from);
    }
  }
  return findings;
}

/** Text as it is shown, or none: a value is never changed. */
function problemWith(field: MetadataField, value: string): string | null {
  if (value.length > MAX_VALUE) return `is longer than ${MAX_VALUE} characters`;
  if (oneLine(value) !== value) return 'is not plain text';
  return field === 'sealId' && !/^\d{1,15}$/.test(value) ? 'is not a number' : null;
}

function firstOf(field: MetadataField, sources: Iterable<Source>, problems: string[]): Candidate | null {
  for (const source of sources) {
    const usable = source.filter(({ value, from }) => {
      const problem = problemWith(field, value);
      if (problem !== null) problems.push(`${field} ${problem}: ${oneLine(value, { maxLength: 40 })} (${from})`);
      return problem === null;
    });
    const [first] = usable;
    if (first === undefined) continue;
    if (usable.length < source.length) return null;
    const other = usable.find(candidate => candidate.value !== first.value);
    if (other === undefined) return first;
    problems.push(`two values of ${field}: ${shown(first)} and ${shown(other)}`);
    return null;
  }
  return null;
}

const shown = ({ value, from }: Candidate): string => `${oneLine(value, { maxLength: 80 })} (${from})`;
