import { type Artifact, type ArtifactMetadata, METADATA_FIELDS } from '../../lib/contracts/artifact-set.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';

type Complete = { [Field in keyof ArtifactMetadata]: NonNullable<ArtifactMetadata[Field]> };

/**
 * The record of one artifact as POST /api/v0.0/deploy/generic/publish takes it: these fields in this order, sealId a number,
 * never extPayload, which is reserved. The bytes are frozen with their first plan.
 * @returns null where a field is missing; nothing is invented
 */
export function evidenceBodyOf(
  deployment: Deployment,
  { metadata }: Artifact,
  { deployTool, eventSubType }: Configuration['jet'],
): string | null {
  if (!isComplete(metadata)) return null;
  return JSON.stringify({
    eventStatus: deployment.eventStatus,
    deployTool,
    sealId: metadata.sealId,
    jetId: metadata.jetId,
    repoName: metadata.repoName,
    projectName: metadata.projectName,
    branch: metadata.branch,
    eventSubType,
    commitId: metadata.commitId,
    sourceUri: deployment.sourceUri,
    artifactId: metadata.artifactId,
    artifactLocation: metadata.artifactLocation,
    targetEnvironment: deployment.targetEnvironment,
    initiator: deployment.initiator.name,
  });
}

const isComplete = (metadata: ArtifactMetadata): metadata is Complete =>
  METADATA_FIELDS.every(field => metadata[field] !== null);
