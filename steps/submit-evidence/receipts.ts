import type { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { Delivery, DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { type EvidenceReceipts, isRecorded } from '../../lib/contracts/evidence-receipts.ts';
import { outcomeOf, receiptOf, unsentReceipt } from '../../lib/delivery/receipt.ts';
import type { PlannedDelivery } from '../../lib/ledger/change.ts';
import { matchDeliveries } from '../../lib/ledger/match.ts';
import { type Failure, refused, transient } from '../../lib/runtime/failure.ts';

export type Receipt = EvidenceReceipts['receipts'][number];

/** One receipt for each artifact as the record has it now. An artifact that an earlier run planned keeps that run's subject. */
export function receiptsOf(record: DeploymentRecord, planned: readonly PlannedDelivery[]): Receipt[] {
  const found = matchDeliveries(record.deliveries, planned);
  return planned.map(({ reference }, index) => {
    const delivery = found[index];
    if (delivery === undefined) throw new Error(`${reference} was not planned`);
    return { ...receiptFor(delivery), reference };
  });
}

/** As it stands in the record. */
export const receiptFor = (delivery: Delivery): Receipt => ({
  subject: delivery.subject,
  reference: delivery.reference,
  outcome: outcomeOf(delivery.state),
  ...receiptOf(delivery),
});

/** What would be owed, where nothing is asked and nothing is kept. */
export const receiptsOfPlan = (planned: readonly PlannedDelivery[]): Receipt[] =>
  planned.map(delivery => ({
    subject: delivery.subject,
    reference: delivery.reference,
    outcome: outcomeOf(delivery.state),
    ...unsentReceipt(delivery),
  }));

/**
 * Why the step has not done everything: what waits is tried again (75), before what a person must mend (1).
 * @returns null where nothing is owed any more
 */
export function failureOf(receipts: readonly Receipt[]): Failure | null {
  const with_ = (...outcomes: string[]) => receipts.filter(({ outcome }) => outcomes.includes(outcome));
  const [waiting, rejected, quarantined] = [with_('pending'), with_('rejected'), with_('quarantined')];
  if (waiting.length > 0)
    return transient('Evidence is not recorded yet', describe(waiting, receipts), 'it is tried again');
  const owed = with_('rejected', 'quarantined');
  if (owed.length === 0) return null;
  const remedies = [
    quarantined.length > 0 && 'mend what it lacks and run again from jfrog-lookup',
    rejected.length > 0 && 'mend what the store refused and run again from jfrog-lookup',
  ].filter(remedy => remedy !== false);
  const what = `Evidence is missing (${rejected.length} rejected, ${quarantined.length} held back)`;
  return refused(what, describe(owed, receipts), remedies.join('; '));
}

/** @param why as whyUnconfirmed says it, null where nothing is held back because of it */
export function heldFailureOf(receipts: readonly Receipt[], why: string | null): Failure | null {
  const owed = receipts.filter(({ outcome }) => !isRecorded(outcome) && outcome !== 'skipped');
  return why === null || owed.length === 0
    ? null
    : refused('Evidence is held back', `${owed.length} of ${receipts.length}`, why);
}

/**
 * Why a sync is not done whose images are not all known. Of a failed one no more can be known than what a missing right hides:
 * the record says so, and that is all there is to do.
 */
export function unknownFailureOf(
  { eventStatus, disposition, source }: Deployment,
  { unknown, notLookedAt = [] }: ArtifactSet,
): Failure | null {
  if (!unknown || disposition === 'skip') return null;
  const remedy = notLookedAt.find(one => one.remedy !== undefined)?.remedy;
  if (eventStatus === 'FAILED' && remedy === undefined) return null;
  return refused(
    'Artifacts are not known',
    `Application ${source.namespace}/${source.name}: ${unknown}`,
    remedy ??
      'the record says so; let diff-images ask Argo CD (the component argocd-diff) or give it --live and --target, then run again',
  );
}

function describe(open: readonly Receipt[], all: readonly Receipt[]): string {
  const [first] = open;
  return `${open.length} of ${all.length}, first ${first?.reference}: ${first?.detail}`;
}
