import type { Property } from '../../lib/clients/artifactory-answers.ts';
import { METADATA_FIELDS, type MetadataField } from '../../lib/contracts/artifact-set.ts';
import { badInput } from '../../lib/runtime/failure.ts';

/** Names under which each field is kept, the preferred first, in the form of {@link normalised}. */
export type PropertyNames = Readonly<Record<MetadataField, readonly string[]>>;

/** Sites name their properties differently; case, dots, dashes and underscores make no difference. */
const NAMES = {
  jetId: ['jetId'],
  sealId: ['sealId', 'sourceSealId'],
  artifactId: ['artifactId'],
  artifactLocation: ['artifactLocation'],
  projectName: ['projectName'],
  branch: ['branch', 'branchName', 'gitBranch'],
  repoName: ['repoName', 'gitRepo'],
  commitId: ['commitId', 'commit', 'commitSha', 'gitCommit'],
} satisfies Record<MetadataField, string[]>;

export const normalised = (name: string): string => name.toLowerCase().replace(/[._-]/g, '');

/** @param aliases artifactory.propertyAliases of the configuration. @throws Failure 2 where it names no such field */
export function propertyNames(aliases: Readonly<Record<string, readonly string[]>>): PropertyNames {
  const unknown = Object.keys(aliases).find(field => !METADATA_FIELDS.some(known => known === field));
  if (unknown !== undefined)
    throw badInput(
      'No such metadata field',
      `artifactory.propertyAliases.${unknown}`,
      `name one of ${METADATA_FIELDS.join(', ')}`,
    );
  const names = METADATA_FIELDS.map(
    field => [field, [...NAMES[field], ...(aliases[field] ?? [])].map(normalised)] as const,
  );
  return Object.fromEntries(names) as Record<MetadataField, string[]>;
}

/** The properties that hold a field, by the order of its names. `prefix` stands before the name, as in docker.label.jetId. */
export function propertiesOf(properties: readonly Property[], names: readonly string[], prefix = ''): Property[] {
  const candidates = properties.filter(({ key, value }) => key.startsWith(prefix) && value.trim() !== '');
  for (const name of names) {
    const found = candidates.filter(({ key }) => normalised(key.slice(prefix.length)) === name);
    if (found.length > 0) return found;
  }
  return [];
}

/** Whether our build system left its mark, which an image of someone else does not have. */
export const hasJetKeys = (properties: readonly Property[], names: PropertyNames): boolean =>
  propertiesOf(properties, [...names.jetId, ...names.sealId]).length > 0;
