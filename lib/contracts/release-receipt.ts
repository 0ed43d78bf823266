import * as z from 'zod';
import { deliveryReceipt } from './evidence-receipts.ts';
import { OperationId } from './primitives.ts';

/** What became of the release event. Written by submit-release as release.json, also when it exits 1. */
export const ReleaseReceipt = z
  .strictObject({
    schemaVersion: z.literal('aftersync.release-receipt/v1').describe('Contract and version of this document.'),
    deploymentId: OperationId.describe('Operation that this belongs to, Deployment.id.'),
    dryRun: z.boolean().describe('True where the step was told to send nothing.'),
    changeRequest: z.string().nullable().describe('Change request of the window (ServiceNow number).'),
    window: z
      .strictObject({
        namespace: z.string().nullable().describe('Namespace of the ChangeWindow; null for a cluster-scoped one.'),
        name: z.string().describe('Name of the ChangeWindow.'),
        uid: z.string().nullable().describe('metadata.uid, where it was read from the cluster.'),
        resourceVersion: z
          .string()
          .nullable()
          .describe('metadata.resourceVersion, where it was read from the cluster.'),
        start: z.string().describe('Start of the window as the resource writes it.'),
        end: z.string().describe('End of the window as the resource writes it.'),
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
        'unconfirmed',
        'no-window',
        'window-ended',
        'several-windows',
        'window-unusable',
      ])
      .describe(
        'Only accepted and duplicate mean that the event is recorded; skipped-* mean that none is owed. unconfirmed: nothing of Argo CD confirms the sync, and nobody accepted it.',
      ),
    ...deliveryReceipt,
  })
  .describe('What became of the release event. Written also when submit-release exits 1.');
export type ReleaseReceipt = z.infer<typeof ReleaseReceipt>;
