import * as z from 'zod';
import { Delivery } from './deployment-record.ts';
import { DeployedImage } from './image-diff.ts';
import { OperationId } from './primitives.ts';
import { chain } from './record-receipt.ts';

/** A share of the images and deliveries of a record that is too large for one object. Named <record>-<index>. */
export const DeploymentRecordPart = z
  .strictObject({
    schemaVersion: z.literal('aftersync.deployment-record-part/v1').describe('Contract and version of this document.'),
    // The API server counts what a rule may cost by the longest value.
    record: OperationId.max(16).describe('The record that it belongs to.'),
    index: z.number().int().nonnegative().describe('Which of its parts, from 0.'),
    images: z.array(DeployedImage).describe('Its share of the images that the operation left running.'),
    deliveries: z.array(Delivery),
    receipts: chain.receipts.unwrap(),
    head: chain.head.unwrap(),
  })
  .describe('A share of a record that is too large for one object.');
export type DeploymentRecordPart = z.infer<typeof DeploymentRecordPart>;

export const partName = ({ record, index }: Pick<DeploymentRecordPart, 'record' | 'index'>): string =>
  `${record}-${index}`;
