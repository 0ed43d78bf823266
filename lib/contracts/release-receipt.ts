import * as z from 'zod';
import { deliveryReceipt } from './evidence-receipts.ts';
import { OperationId } from './primitives.ts';

/** What became of the release event. Written by submit-release as release.json, also when it exits 1. */
export const ReleaseReceipt = z.strictObject({
  schemaVersion: z.literal('aftersync.release-receipt/v1'),
  deploymentId: OperationId,
  dryRun: z.boolean(),
  changeRequest: z.string().nullable().describe('Change request of the window (ServiceNow number).'),
  window: z
    .strictObject({
      namespace: z.string().nullable(),
      name: z.string(),
      uid: z.string().nullable(),
      resourceVersion: z.string().nullable(),
      start: z.string(),
      end: z.string(),
    })
    .nullable()
    .describe('The ChangeWindow that holds the start of the sync, as it was read: it may be deleted later.'),
  outcome: z
    .enum([
      'accepted',
      'duplicate',
      'rejected',
      'pending',
      'skipped-not-production',
      'skipped-failed-sync',
      'skipped-nothing-deployed',
      'no-window',
      'window-ended',
      'several-windows',
      'window-unusable',
    ])
    .describe('Only accepted and duplicate mean that the event is recorded; skipped-* mean that none is owed.'),
  ...deliveryReceipt,
});
export type ReleaseReceipt = z.infer<typeof ReleaseReceipt>;
