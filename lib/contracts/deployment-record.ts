import * as z from 'zod';
import { Deployment } from './deployment.ts';
import { Acceptance } from './deployment-alert.ts';
import { deliveryReceipt } from './evidence-receipts.ts';
import { DeployedImage, ImageDiff } from './image-diff.ts';
import { OperationId, Sha256, Timestamp } from './primitives.ts';
import { chain } from './record-receipt.ts';
import { RecordSeal } from './record-seal.ts';

/**
 * planned: frozen, not sent. sending: a run owns it until its lease ends. uncertain: sent, and the answer never arrived.
 * accepted, duplicate: recorded. rejected: the store said no. quarantined: held back, its detail says why. skipped: nothing is owed.
 */
export const DeliveryState = z.enum([
  'planned',
  'sending',
  'uncertain',
  'accepted',
  'duplicate',
  'rejected',
  'quarantined',
  'skipped',
]);
export type DeliveryState = z.infer<typeof DeliveryState>;

export const Delivery = z
  .strictObject({
    step: z.enum(['submit-evidence', 'submit-release']).describe('The step that delivers it.'),
    target: z.string().describe('URL without credentials that the body is posted to.'),
    subject: z
      .string()
      .describe('<registry>/<repository>@<digest> or :<tag> of an artifact; the operation id for a release.'),
    reference: z.string().describe('The image as the manifest writes it; the change request for a release.'),
    body: z
      .string()
      .nullable()
      .describe('The exact bytes that are posted, frozen before the first request; null where nothing is to be sent.'),
    provenance: z
      .record(z.string(), z.string())
      .describe('For each field of the body that was looked up, where it came from.'),
    state: DeliveryState.describe(
      'planned: frozen, not sent. sending: a run owns it until its lease ends. uncertain: sent, no answer arrived. accepted, duplicate: recorded. rejected: the store said no. quarantined: held back, its detail says why. skipped: nothing is owed.',
    ),
    owner: z.string().nullable().describe('The run that is sending it.'),
    leaseUntil: Timestamp.nullable().describe('Until when the owner may send it.'),
    inDoubt: z
      .literal(true)
      .optional()
      .describe('While it is being sent: an earlier request of it may have been acted on.'),
    updatedAt: Timestamp.describe('When the state last changed.'),
    ...deliveryReceipt,
  })
  .describe('One thing owed to one remote.');
export type Delivery = z.infer<typeof Delivery>;

export const PreviousRecord = z
  .strictObject({
    id: OperationId.describe('Its operation id.'),
    head: Sha256.nullable().describe('Its head then; null where it had no receipts.'),
  })
  .describe('The newest record of the same application when this one was opened.');
export type PreviousRecord = z.infer<typeof PreviousRecord>;

/** What of it may be sent is decided by a person, where Argo CD does not confirm the operation. */
export const RecordAcceptance = Acceptance.omit({ what: true }).describe(
  'A person accepted what was held back: it may be sent.',
);
export type RecordAcceptance = z.infer<typeof RecordAcceptance>;

/**
 * What was owed for one sync operation, what was delivered and what is missing. One for each operation, named by its id.
 * The local store keeps it as a journal, the cluster as the custom resource of the same name.
 */
export const DeploymentRecord = z
  .strictObject({
    schemaVersion: z.literal('aftersync.deployment-record/v1').describe('Contract and version of this document.'),
    id: OperationId.describe('Operation id, the name of the record.'),
    deployment: Deployment,
    previous: PreviousRecord.nullable()
      .optional()
      .describe('Newest earlier record of the same application; null where there was none.'),
    images: z
      .array(DeployedImage)
      .describe('Every image that the operation left running, changed or not: the next sync is compared with it.'),
    artifacts: z
      .enum(['known', 'unknown'])
      .optional()
      .describe(
        'unknown: nothing tells any more which images the operation deployed, so nothing could be planned for them. Absent in records of older versions: known.',
      ),
    notLookedAt: ImageDiff.shape.notLookedAt
      .optional()
      .describe(
        'What could not be looked at when images were last looked for, the first 50. Absent: nothing of that kind.',
      ),
    deliveries: z.array(Delivery),
    acceptances: z
      .array(RecordAcceptance)
      .optional()
      .describe('Who let be sent what was held back until then, and why. Absent where nobody did.'),
    runs: z.number().int().nonnegative().describe('How many runs have worked on it.'),
    openedBy: z
      .array(z.string())
      .optional()
      .describe('Names of those runs, so that a run of several steps counts once.'),
    parts: z
      .number()
      .int()
      .nonnegative()
      .optional()
      .describe('How many DeploymentRecordParts hold images and evidence in its place; fixed with the first plan.'),
    ...chain,
    seals: z.array(RecordSeal).optional().describe('Signatures over heads of this record.'),
  })
  .describe('What was owed for one sync operation, what was delivered and what is missing. Named by the operation id.');
export type DeploymentRecord = z.infer<typeof DeploymentRecord>;
