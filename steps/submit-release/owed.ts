import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import type { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { badInput } from '../../lib/runtime/failure.ts';

export interface NotOwed {
  outcome: Extract<ReleaseReceipt['outcome'], `skipped-${string}`>;
  detail: string;
}

/** Why no release event is owed. @returns null where one is */
export function whyNotOwed(deployment: Deployment, { receipts }: EvidenceReceipts): NotOwed | null {
  const { production, targetEnvironment, disposition, eventStatus } = deployment;
  if (!production)
    return {
      outcome: 'skipped-not-production',
      detail: `${targetEnvironment} is not production: no release event is owed`,
    };
  if (eventStatus === 'FAILED')
    return {
      outcome: 'skipped-failed-sync',
      detail: 'the sync failed: its evidence says so, no release event is owed',
    };
  if (disposition === 'skip' || receipts.length === 0)
    return { outcome: 'skipped-nothing-deployed', detail: 'no artifact was deployed: no release event is owed' };
  return null;
}

/** The first artifact whose evidence is not recorded: a release is told of after its parts. */
export function firstUnrecorded({ receipts }: EvidenceReceipts): string | null {
  const recorded = ['accepted', 'duplicate', 'skipped'];
  const open = receipts.find(({ outcome }) => !recorded.includes(outcome));
  return open === undefined ? null : `${open.reference} is ${open.outcome}`;
}

/** @throws Failure 2 */
export function checkSameOperation({ id }: Deployment, { deploymentId }: EvidenceReceipts): void {
  if (deploymentId === id) return;
  throw badInput(
    'Artifacts of two operations',
    `--deployment is ${id}, --evidence ${deploymentId}`,
    'name the files of one run',
  );
}
