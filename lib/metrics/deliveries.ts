import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import { isRecorded } from '../contracts/evidence-receipts.ts';
import type { MetricValues } from './values.ts';

/**
 * What one attempt of a step brought about: deliveries that an earlier one had settled do not count again, so that the attempts
 * of a step, its retries and its resumed runs add up.
 * @param since RFC 3339, when the attempt began
 * @returns lag: seconds from the end of the sync to the last delivery that was recorded; empty where none was
 */
export function deliveryMetrics(record: DeploymentRecord, step: Delivery['step'], since: string): MetricValues {
  const { targetEnvironment, operation } = record.deployment;
  const settled = record.deliveries.filter(
    delivery => delivery.step === step && Date.parse(delivery.updatedAt) >= Date.parse(since),
  );
  const count = (state: Delivery['state']) => settled.filter(delivery => delivery.state === state).length;
  const recorded = settled.filter(({ state }) => isRecorded(state));
  return {
    environment: targetEnvironment,
    accepted: count('accepted'),
    duplicate: count('duplicate'),
    rejected: count('rejected'),
    lag: recorded.length === 0 || operation.finishedAt === null ? '' : lagOf(recorded, operation.finishedAt),
  };
}

function lagOf(recorded: readonly Delivery[], finishedAt: string): number {
  const last = Math.max(...recorded.map(({ updatedAt }) => Date.parse(updatedAt)));
  // The clocks of Argo CD and of the pod may differ by more than a record takes.
  return Math.max(0, (last - Date.parse(finishedAt)) / 1000);
}
