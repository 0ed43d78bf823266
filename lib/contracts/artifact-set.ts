import * as z from 'zod';
import { DeployedImage, ImageDiff } from './image-diff.ts';
import { HttpUrl, OperationId } from './primitives.ts';

/** The fields of an evidence record that come from the image's metadata. */
export const METADATA_FIELDS = [
  'jetId',
  'sealId',
  'artifactId',
  'artifactLocation',
  'projectName',
  'branch',
  'repoName',
  'commitId',
] as const;
export type MetadataField = (typeof METADATA_FIELDS)[number];

const text = z.string().min(1).nullable();

export const ArtifactMetadata = z
  .strictObject({
    jetId: text.describe('JET build identifier.'),
    sealId: z
      .number()
      .int()
      .nonnegative()
      .nullable()
      .describe('SEAL application id; a number in JET, text in Artifactory.'),
    artifactId: text.describe('<name>:sha256@<hex>, verbatim from Artifactory where it is kept there.'),
    artifactLocation: text.describe('Where the artifact lies: artifactory/<repository>/<image>.'),
    projectName: text.describe('Project that built the image.'),
    branch: text.describe('Source branch of the image, not the GitOps branch.'),
    repoName: text.describe('Source repository of the image.'),
    commitId: text.describe('Source commit of the image, not the GitOps revision.'),
  })
  .describe('Metadata of one image; null where it was not found.');
export type ArtifactMetadata = z.infer<typeof ArtifactMetadata>;

const where = z.string().optional().describe('Property, label, build or configuration key that gave this field.');

export const Artifact = z
  .strictObject({
    image: DeployedImage,
    outcome: z
      .enum(['resolved', 'incomplete', 'not-found', 'not-looked-up', 'third-party'])
      .describe(
        'resolved: all fields. incomplete: found, fields missing or contradictory. not-found: asked for and not there, or not readable. not-looked-up: nobody could ask. third-party: not ours.',
      ),
    metadata: ArtifactMetadata,
    fieldSources: z
      .strictObject({
        jetId: where,
        sealId: where,
        artifactId: where,
        artifactLocation: where,
        projectName: where,
        branch: where,
        repoName: where,
        commitId: where,
      })
      .describe('For each field found, the property, label, build or configuration key it came from.'),
    missing: z.array(z.enum(METADATA_FIELDS)).describe('Fields that nothing gave.'),
    detail: z.string().describe('One sentence for a person: why this outcome and how to mend it.'),
  })
  .describe('One deployed image with its metadata.');
export type Artifact = z.infer<typeof Artifact>;

/** The deployed artifacts with their metadata. Written by jfrog-lookup as artifacts.json. */
export const ArtifactSet = z
  .strictObject({
    schemaVersion: z.literal('aftersync.artifact-set/v1').describe('Contract and version of this document.'),
    deploymentId: OperationId.describe('Operation that this belongs to, Deployment.id.'),
    artifactory: HttpUrl.nullable()
      .optional()
      .describe('REST base of the Artifactory that was asked, for links; null where none was.'),
    artifacts: z.array(Artifact).describe('One for each image that evidence is owed for.'),
    unchanged: z
      .array(DeployedImage)
      .describe('Images that ran before as well: nothing is owed, the ledger remembers them.'),
    unknown: z
      .string()
      .nullable()
      .optional()
      .describe('Why not every image that was deployed is known; null or absent where all are.'),
    notLookedAt: ImageDiff.shape.notLookedAt
      .optional()
      .describe('What keeps images from being known, with the command that gives a missing right.'),
  })
  .describe('The deployed artifacts with their metadata, and where each field came from.');
export type ArtifactSet = z.infer<typeof ArtifactSet>;
