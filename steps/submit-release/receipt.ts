import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { Delivery } from '../../lib/contracts/deployment-record.ts';
import type { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { outcomeOf, receiptOf, unsentReceipt } from '../../lib/delivery/receipt.ts';
import type { PlannedDelivery } from '../../lib/ledger/change.ts';
import { type Failure, refused, transient } from '../../lib/runtime/failure.ts';
import { windowOf } from './plan.ts';

type Outcome = ReleaseReceipt['outcome'];

/** What became of an event that was, or would be, sent. */
export function releaseReceiptOf(
  deployment: Deployment,
  delivery: Delivery | PlannedDelivery,
  outcome: Outcome,
  dryRun = false,
): ReleaseReceipt {
  return {
    schemaVersion: 'aftersync.release-receipt/v1',
    deploymentId: deployment.id,
    dryRun,
    changeRequest: delivery.body === null ? null : delivery.reference,
    window: windowOf(delivery),
    outcome,
    ...('attempts' in delivery ? receiptOf(delivery) : unsentReceipt(delivery)),
  };
}

/** The outcome of an event whose window was found. */
export function deliveredOutcome(state: Delivery['state']): Outcome {
  const outcome = outcomeOf(state);
  return outcome === 'quarantined' || outcome === 'skipped' ? 'pending' : outcome;
}

const WINDOW_REMEDIES = {
  'no-window': 'create the ChangeWindow, or correct changeWindow in the configuration, and run submit-release again',
  'window-ended': 'extend the ChangeWindow or create the right one, and run submit-release again',
  'several-windows': 'leave one of them for this application and time, and run submit-release again',
  'window-unusable': 'mend the ChangeWindow, and run submit-release again',
} as const;

/** Why the step has not done everything. @returns null where the event is recorded, or none is owed */
export function releaseFailureOf({ outcome, detail, deploymentId }: ReleaseReceipt): Failure | null {
  switch (outcome) {
    case 'accepted':
    case 'duplicate':
    case 'skipped-not-production':
    case 'skipped-failed-sync':
    case 'skipped-nothing-deployed':
      return null;
    case 'pending':
      return transient('Release event is not recorded yet', `${deploymentId}: ${detail}`, 'it is tried again');
    case 'rejected':
      return refused('Release event was rejected', detail, 'mend what the store names and run submit-release again');
    case 'unconfirmed':
      return refused('Release event is held back', detail, 'nothing is sent before a person accepts it');
    default:
      return refused(`Release event has no ChangeWindow (${outcome})`, detail, WINDOW_REMEDIES[outcome]);
  }
}
