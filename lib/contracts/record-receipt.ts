import * as z from 'zod';
import { Sha256, Timestamp } from './primitives.ts';

/**
 * A link of a record's hash chain: what happened, and the hash of what it happened to. Its own hash is the SHA-256 of the
 * canonical JSON (RFC 8785) of the whole receipt.
 */
export const RecordReceipt = z
  .strictObject({
    sequence: z.number().int().positive().describe('1 for the first, one more for each that follows.'),
    at: Timestamp.describe('When it happened, by the clock of the run.'),
    of: z
      .enum(['deployment', 'images', 'delivery', 'part', 'acceptance'])
      .describe(
        'deployment: a run began. images: their list changed. delivery: planned, or concluded. part: its head. acceptance: a person let be sent what was held back.',
      ),
    step: z.string().nullable().describe('The step that planned the images or delivers the delivery.'),
    subject: z
      .string()
      .nullable()
      .describe(
        'The run that began, the subject of the delivery, the name of the part, who accepted; null for images.',
      ),
    state: z
      .string()
      .nullable()
      .describe(
        'A delivery: its state, or replaced where another subject took its place. A deployment: opened, resumed, or adopted from a version without receipts. A part: opened or sealed. An acceptance: accepted. Images: whether they are known.',
      ),
    sha256: Sha256.describe(
      'deployment: of {id, deployment, previous}, of an adopted record with {runs, openedBy}. images: of their list, where something was not looked at of {images, notLookedAt}. delivery: of the delivery without owner, leaseUntil and inDoubt, by version. part: its head. acceptance: of it.',
    ),
    version: z
      .literal(2)
      .optional()
      .describe(
        'Of a delivery: what sha256 is of. 2: while it is planned, sent or in doubt without attempts, updatedAt, detail and httpStatus; where it was rejected without the first three. Absent: of all of it.',
      ),
    previous: Sha256.nullable().describe('Hash of the receipt before it; null for the first.'),
  })
  .describe('A link of the hash chain.');
export type RecordReceipt = z.infer<typeof RecordReceipt>;

/** Where a chain is kept. A record of a version without receipts has neither. */
export const chain = {
  receipts: z.array(RecordReceipt).optional().describe('The hash chain: one receipt for each thing that happened.'),
  head: Sha256.optional().describe('Hash of the last receipt.'),
};
