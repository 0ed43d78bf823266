import * as z from 'zod';
import type { Delivery, DeploymentRecord } from './deployment-record.ts';

/** The columns of `kubectl get deploymentrecords` that have to be counted. */
export const DeploymentRecordSummary = z
  .strictObject({
    artifacts: z.number().int().nonnegative().describe('Artifacts that evidence is owed for.'),
    submitted: z.number().int().nonnegative().describe('Artifacts whose evidence is recorded.'),
    changeRequest: z.string().optional().describe('Change request of the recorded release event.'),
  })
  .describe('Counted from the deliveries at each write.');
export type DeploymentRecordSummary = z.infer<typeof DeploymentRecordSummary>;

const isRecorded = ({ state }: Delivery): boolean => state === 'accepted' || state === 'duplicate';

export function summaryOf({ deliveries }: DeploymentRecord): DeploymentRecordSummary {
  const evidence = deliveries.filter(({ step, state }) => step === 'submit-evidence' && state !== 'skipped');
  const release = deliveries.find(delivery => delivery.step === 'submit-release' && isRecorded(delivery));
  return {
    artifacts: evidence.length,
    submitted: evidence.filter(isRecorded).length,
    ...(release && { changeRequest: release.reference }),
  };
}
