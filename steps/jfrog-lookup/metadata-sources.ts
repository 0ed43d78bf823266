import type { MetadataField } from '../../lib/contracts/artifact-set.ts';
import type { Reading, Readings } from './metadata.ts';
import { normalised, type PropertyNames, propertiesOf } from './property-names.ts';

/** A value of a field, and where it stands in words that a person can check. */
export interface Candidate {
  value: string;
  from: string;
}

/** Values that must agree with each other. */
export type Source = Candidate[];

const VCS = {
  branch: ['vcs.branch'],
  commitId: ['vcs.revision'],
  repoName: ['vcs.repo', 'vcs.url'],
} as const satisfies Partial<Record<MetadataField, string[]>>;

/** Labels of the OCI image specification and their predecessors; Artifactory copies labels to docker.label.<name>. */
const LABELS = {
  commitId: ['org.opencontainers.image.revision', 'org.label-schema.vcs-ref'],
  repoName: ['org.opencontainers.image.source', 'org.label-schema.vcs-url'],
} as const satisfies Partial<Record<MetadataField, string[]>>;

/**
 * The fallback chain of one field: JET properties of the manifest, of its tag folder, of sibling manifests; vcs.*; the build;
 * labels; what the place tells. The id and location of a sibling are not those of the image. Mostly the first source has it, so
 * each is made when it is asked for.
 */
export function* sourcesOf(field: MetadataField, readings: Readings, names: PropertyNames): Generator<Source> {
  const { manifests, folders, siblings, derived } = readings;
  const own = (reading: Reading) => named(reading, names[field]);
  const ofPlace = field === 'artifactId' || field === 'artifactLocation';
  // Wherever the same bytes lie they must have one jetId; other fields are taken from the best place.
  if (field === 'jetId') yield manifests.flatMap(own);
  else for (const reading of manifests) yield own(reading);
  for (const reading of folders) yield own(reading);
  if (!ofPlace) yield siblings.flatMap(own);
  const all = [...manifests, ...folders, ...siblings];
  for (const reading of all) for (const key of keysOf(VCS, field)) yield named(reading, [normalised(key)]).map(toName);
  if (!ofPlace) yield* fromBuilds(field, readings, names);
  for (const reading of all) {
    if (!ofPlace) yield named(reading, names[field], LABEL);
    for (const key of keysOf(LABELS, field)) yield named(reading, [normalised(key)], LABEL).map(toName);
  }
  if (ofPlace && derived !== null) yield [{ value: derived[field], from: derived.from }];
  function toName(candidate: Candidate): Candidate {
    return field === 'repoName' ? { ...candidate, value: repositoryName(candidate.value) } : candidate;
  }
}

const LABEL = 'docker.label.';

const keysOf = (table: Partial<Record<MetadataField, readonly string[]>>, field: MetadataField): readonly string[] =>
  table[field] ?? [];

const named = ({ where, properties }: Reading, names: readonly string[], prefix = ''): Source =>
  propertiesOf(properties, names, prefix).map(({ key, value }) => ({
    value: value.trim(),
    from: `property ${key} of ${where}`,
  }));

function fromBuilds(field: MetadataField, { builds }: Readings, names: PropertyNames): Source[] {
  return builds.flatMap(({ where, build }) => {
    const properties = { where, properties: build.properties };
    const vcs = build.vcs.flatMap((entry, n) => {
      const [value, key] =
        field === 'commitId'
          ? [entry.revision, 'revision']
          : field === 'branch'
            ? [entry.branch, 'branch']
            : field === 'repoName'
              ? [entry.url && repositoryName(entry.url), 'url']
              : [];
      return value ? [{ value, from: `vcs[${n}].${key} of ${where}` }] : [];
    });
    return [named(properties, names[field]), named(properties, names[field], 'buildInfo.env.'), vcs];
  });
}

/** The last segment of a repository's URL, without .git. Linear in its length: it is text of somebody else. */
export function repositoryName(url: string): string {
  const [address = ''] = url.split(/[?#]/, 1);
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  const path = address.slice(0, end);
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
  return name.endsWith('.git') ? name.slice(0, -'.git'.length) : name;
}
