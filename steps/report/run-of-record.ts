import type { Delivery, DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import type { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import type { NotLookedAt } from '../../lib/contracts/unknown-images.ts';
import { outcomeOf, receiptOf } from '../../lib/delivery/receipt.ts';
import { isUnconfirmed } from '../../lib/delivery/unconfirmed.ts';
import type { Part, Run } from '../../lib/run/run.ts';
import { deliveredOutcome, releaseReceiptOf } from '../submit-release/receipt.ts';

/** What a record knows of its runs, for a page of a time when Workflow and artifacts are gone. */
export function runOfRecord(record: DeploymentRecord): Run {
  return {
    workflow: record.openedBy?.at(-1) ?? null,
    namespace: null,
    status: null,
    failures: { state: 'absent' },
    deployment: { state: 'read', value: record.deployment },
    imageDiff: { state: 'absent' },
    artifacts: { state: 'absent' },
    evidence: evidenceOf(record),
    release: releaseOf(record),
    ...(record.artifacts === 'unknown' && { unknown: record.notLookedAt ?? [NOTHING_TELLS] }),
  };
}

/** Records of older versions do not say what stood in the way. */
const NOTHING_TELLS: NotLookedAt = {
  what: 'operation',
  where: 'the sync',
  why: 'nothing told which images it deployed',
};

function evidenceOf({ id, deliveries, artifacts }: DeploymentRecord): Part<EvidenceReceipts> {
  const evidence = deliveries.filter(({ step }) => step === 'submit-evidence');
  if (evidence.length === 0 && artifacts === 'unknown') return { state: 'absent' };
  const receipts = evidence.map(delivery => ({
    subject: delivery.subject,
    reference: delivery.reference,
    outcome: outcomeOf(delivery.state),
    ...receiptOf(delivery),
  }));
  const schemaVersion = 'aftersync.evidence-receipts/v1' as const;
  return { state: 'read', value: { schemaVersion, deploymentId: id, dryRun: false, receipts } };
}

function releaseOf({ deployment, deliveries }: DeploymentRecord): Part<ReleaseReceipt> {
  const release = deliveries.find(({ step }) => step === 'submit-release');
  if (release === undefined) return { state: 'absent' };
  return { state: 'read', value: releaseReceiptOf(deployment, release, outcomeIn(release, deployment.eventStatus)) };
}

/** Why there was no window is said by the detail alone; why none is owed follows from the deployment. */
function outcomeIn({ state, detail }: Delivery, eventStatus: 'SUCCESS' | 'FAILED'): ReleaseReceipt['outcome'] {
  if (state === 'skipped') return eventStatus === 'FAILED' ? 'skipped-failed-sync' : 'skipped-nothing-deployed';
  if (isUnconfirmed({ detail })) return 'unconfirmed';
  return state === 'quarantined' ? 'window-unusable' : deliveredOutcome(state);
}
