import * as z from 'zod';
import { Digest, OperationId } from './primitives.ts';
import { STRATEGIES } from './strategies.ts';

export const Strategy = z.enum(STRATEGIES);
export type Strategy = z.infer<typeof Strategy>;

export const Workload = z
  .strictObject({
    group: z.string().describe('API group, empty for core.'),
    kind: z.string().describe('Kind of the workload.'),
    namespace: z.string().describe('Namespace of the workload.'),
    name: z.string().describe('Name of the workload.'),
    container: z.string().nullable().describe('Container name; null where the strategy cannot know it.'),
    containerType: z
      .enum(['container', 'initContainer', 'ephemeralContainer', 'imageVolume', 'unknown'])
      .describe(
        'imageVolume: an image that is mounted, by the name of the volume. unknown: text of a diff without context.',
      ),
    hookType: z.string().nullable().describe('Argo CD hook, or null.'),
    runsInstead: z
      .array(z.string())
      .optional()
      .describe('Only where the cluster contradicts the sync: what the container runs in place of the image.'),
  })
  .describe('One container that runs the image.');
export type Workload = z.infer<typeof Workload>;

export const DeployedImage = z
  .strictObject({
    reference: z.string().describe('The image as the manifest writes it.'),
    registry: z
      .string()
      .describe('Host[:port]; docker.io where none is written. Empty where the text is no image reference.'),
    repository: z.string().describe('Path without registry, `library/` added for Docker Hub official images.'),
    tag: z.string().nullable().describe('null where only a digest is written; `latest` where nothing is.'),
    digest: Digest.nullable().describe('Manifest digest: what ran, or null where nobody could say.'),
    digestFrom: z.enum(['reference', 'pod', 'registry']).nullable().describe('Where the digest came from.'),
    change: z
      .enum(['added', 'updated', 'unchanged'])
      .describe('Against what the same containers ran before the operation.'),
    previousReferences: z
      .array(z.string())
      .describe('What the same containers ran before; empty for added, and where nobody knows.'),
    workloads: z.array(Workload).min(1),
  })
  .describe('One artifact: an image by digest where known, by reference otherwise.');
export type DeployedImage = z.infer<typeof DeployedImage>;

/** Which images an operation deployed, and which of them changed. Written by diff-images as image-diff.json. */
export const ImageDiff = z
  .strictObject({
    schemaVersion: z.literal('aftersync.image-diff/v1').describe('Contract and version of this document.'),
    deploymentId: OperationId.describe('Operation that this belongs to, Deployment.id.'),
    strategy: z
      .strictObject({
        name: Strategy.describe('The strategy that was used.'),
        why: z.string().describe('Chosen by flag, by configuration, or forced by the state of the operation.'),
      })
      .describe('How the images were found.'),
    previous: z
      .enum(['ledger', 'strategy', 'unknown'])
      .describe('What the images were compared with. unknown: first sync seen, so every image counts as added.'),
    all: z.boolean().describe('Evidence is owed for every image, not only for the changed ones.'),
    images: z.array(DeployedImage),
    notLookedAt: z
      .array(
        z.strictObject({
          what: z
            .enum([
              'init-containers',
              'pods',
              'registry',
              'resource',
              'operation',
              'unchanged',
              'field',
              'operator',
              'hook',
            ])
            .describe(
              'What was not read. field: it looks like an image, and was not taken. operator: the image is not in the object. hook: it is never applied.',
            ),
          where: z.string().describe('Namespace, workload or host.'),
          why: z.string().describe('What stood in the way.'),
          remedy: z
            .string()
            .optional()
            .describe('Only where a right is missing: the command that gives it. The list is not complete without it.'),
        }),
      )
      .describe('What could not be read. Empty means that the list is complete.'),
    settle: z
      .strictObject({
        outcome: z
          .enum(['settled', 'timed-out', 'not-needed', 'not-possible'])
          .describe('not-possible: the pods are on another cluster, or say nothing of this operation.'),
        detail: z.string().describe('One sentence for a person.'),
      })
      .describe('Whether the workloads had reached the deployed state when digests were read.'),
  })
  .describe('Which images an operation deployed, and which of them changed.');
export type ImageDiff = z.infer<typeof ImageDiff>;

/** False for a text that no container runtime takes: it is kept, so that its evidence is missing instead of forgotten. */
export const isImageReference = ({ registry }: Pick<DeployedImage, 'registry'>): boolean => registry !== '';

/** True where the cluster says that an image was not deployed as it was synced: it is held back until a person looked. */
export const isContradicted = ({ workloads }: Pick<DeployedImage, 'workloads'>): boolean =>
  workloads.some(({ runsInstead }) => runsInstead !== undefined);

/** For a person: what was synced, and what runs. */
export const contradictionOf = ({ reference, workloads }: Pick<DeployedImage, 'reference' | 'workloads'>): string =>
  workloads
    .flatMap(({ kind, namespace, name, runsInstead }) =>
      runsInstead === undefined
        ? []
        : `${kind} ${namespace}/${name} synced ${reference}, the cluster runs ${runsInstead.join(', ') || 'no such container'}`,
    )
    .join('; ');

/** The images for which evidence is owed. */
export const owedImages = (diff: ImageDiff): DeployedImage[] =>
  diff.images.filter(image => diff.all || image.change !== 'unchanged');
