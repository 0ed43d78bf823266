import * as z from 'zod';
import { OperationId, Sha256 } from './primitives.ts';

export const EvidenceOutcome = z.enum(['accepted', 'duplicate', 'rejected', 'quarantined', 'skipped', 'pending']);
export type EvidenceOutcome = z.infer<typeof EvidenceOutcome>;

/** Whether the store holds it: the one rule, for the state of a delivery and for the outcome of a receipt. */
export const isRecorded = (outcome: string): outcome is 'accepted' | 'duplicate' =>
  outcome === 'accepted' || outcome === 'duplicate';

/** What became of one delivery, the same for evidence and for a release event. */
export const deliveryReceipt = {
  idempotencyKey: z.string().nullable().describe('Key of this record in its store; null where nothing was to be sent.'),
  bodySha256: Sha256.nullable().describe('SHA-256 of the frozen body.'),
  attempts: z.number().int().nonnegative().describe('Requests started, over all runs.'),
  possibleDuplicate: z
    .boolean()
    .describe(
      'The answer to an earlier request never arrived and the store does not honour the key: it may hold this twice.',
    ),
  httpStatus: z.number().int().nullable().describe('Status of the last answer.'),
  responseId: z.string().nullable().describe('Identifier that the store gave, where it gave one.'),
  detail: z.string().describe('One sentence for a person: what happened and, where something is owed, how to mend it.'),
};

/** What became of each deployed artifact. Written by submit-evidence as evidence.json, also when it exits 1. */
export const EvidenceReceipts = z
  .strictObject({
    schemaVersion: z.literal('aftersync.evidence-receipts/v1').describe('Contract and version of this document.'),
    deploymentId: OperationId.describe('Operation that this belongs to, Deployment.id.'),
    dryRun: z.boolean().describe('True where the step was told to send nothing.'),
    receipts: z.array(
      z
        .strictObject({
          subject: z.string().describe('<registry>/<repository>@<digest>, or with the tag where no digest is known.'),
          reference: z.string().describe('The image as the manifest writes it.'),
          outcome: EvidenceOutcome.describe('pending: owed, not delivered yet, tried again by the next run.'),
          ...deliveryReceipt,
        })
        .describe('One artifact.'),
    ),
  })
  .describe('What became of each deployed artifact. Written also when submit-evidence exits 1.');
export type EvidenceReceipts = z.infer<typeof EvidenceReceipts>;
