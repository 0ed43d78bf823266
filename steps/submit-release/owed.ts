import type { Deployment } from '../../lib/contracts/deployment.ts';
import { type EvidenceReceipts, isRecorded } from '../../lib/contracts/evidence-receipts.ts';
import { badInput } from '../../lib/runtime/failure.ts';

/** The first artifact whose evidence is not recorded: a release is told of after its parts. */
export function firstUnrecorded({ receipts }: EvidenceReceipts): string | null {
  const open = receipts.find(({ outcome }) => !isRecorded(outcome) && outcome !== 'skipped');
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
