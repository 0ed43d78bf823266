import * as z from 'zod';
import { Deployment } from '../contracts/deployment.ts';
import { Delivery, DeploymentRecord, PreviousRecord, RecordAcceptance } from '../contracts/deployment-record.ts';
import { DeployedImage } from '../contracts/image-diff.ts';
import { Sha256, Timestamp } from '../contracts/primitives.ts';
import { Envelope } from '../contracts/record-seal.ts';

const { step, subject, target, state, httpStatus, responseId, detail } = Delivery.shape;

/** What a run plans to deliver: a delivery without its history. */
export const PlannedDelivery = Delivery.pick({
  step: true,
  target: true,
  subject: true,
  reference: true,
  idempotencyKey: true,
  body: true,
  bodySha256: true,
  provenance: true,
  detail: true,
}).extend({ state: state.extract(['planned', 'quarantined', 'skipped']) });
export type PlannedDelivery = z.infer<typeof PlannedDelivery>;

/** What an answer, or its absence, makes of a delivery. */
export const DeliveryResult = z.strictObject({
  state: state.extract(['planned', 'uncertain', 'accepted', 'duplicate', 'rejected']),
  httpStatus,
  responseId,
  detail,
  attempts: z.number().int().nonnegative().describe('Requests started in this run.'),
  repeats: z
    .number()
    .int()
    .nonnegative()
    .describe('Requests of this run that followed one whose answer never arrived: each may have recorded again.'),
});
export type DeliveryResult = z.infer<typeof DeliveryResult>;

const ofDelivery = { at: Timestamp, step, subject, owner: z.string(), keyHonoured: z.boolean() };

/**
 * A conditional step of a record's life. Changes are applied one after the other, in an order that all runs agree on; a
 * change whose condition does not hold changes nothing, so the record that comes back tells who won.
 */
export const Change = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('open'),
    at: Timestamp,
    deployment: Deployment,
    run: z.string(),
    previous: PreviousRecord.nullable().optional().describe('Added by the store, which alone knows it.'),
  }),
  z.strictObject({
    type: z.literal('plan'),
    at: Timestamp,
    step,
    images: z.array(DeployedImage).optional(),
    artifacts: DeploymentRecord.shape.artifacts.describe('Whether the images of the operation are known.'),
    notLookedAt: DeploymentRecord.shape.notLookedAt,
    deliveries: z.array(PlannedDelivery),
  }),
  z.strictObject({
    type: z.literal('claim'),
    ...ofDelivery,
    leaseUntil: Timestamp,
    target: target.optional().describe('Where it is posted now, where that has changed since it was planned.'),
    unsent: z.literal(true).optional().describe('Only where it is planned: nobody has begun to send it.'),
  }),
  z.strictObject({ type: z.literal('result'), ...ofDelivery, result: DeliveryResult }),
  z.strictObject({ type: z.literal('withdraw'), at: Timestamp, step, subject }),
  z.strictObject({ type: z.literal('accept'), ...RecordAcceptance.shape }),
  z.strictObject({
    type: z.literal('seal'),
    at: Timestamp,
    heads: z.array(Sha256).optional().describe('Of the parts, by index. Added by the store, which alone knows them.'),
    envelope: Envelope.optional().describe('A signature over the head that the record had.'),
  }),
]);

/** rules 1: it was written by a version that applied it otherwise, and is applied so again: its chain comes out as it was. */
export type Change = z.infer<typeof Change> & { rules?: 1 };
export type ChangeOf<T extends Change['type']> = Extract<Change, { type: T }>;
