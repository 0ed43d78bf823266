import { whyNoRelease } from '../../lib/contracts/release-owed.ts';
import { whyUnconfirmed } from '../../lib/delivery/unconfirmed.ts';
import type { PlannedDelivery } from '../../lib/ledger/change.ts';
import { findWindow, type WindowsIn } from './find-window.ts';
import { checkSameOperation } from './owed.ts';
import { planRelease, releaseTargetOf, withoutBody } from './plan.ts';
import { releaseFailureOf, releaseReceiptOf } from './receipt.ts';
import type { Input, Output } from './step.ts';

/** What would be sent. Neither ledger nor store is asked. @throws Failure 2 where the inputs are of two operations */
export async function rehearseRelease(
  { deployment, evidence, config }: Pick<Input, 'deployment' | 'evidence' | 'config'>,
  windowsIn: WindowsIn,
): Promise<Output & { planned: PlannedDelivery[] }> {
  checkSameOperation(deployment, evidence);
  const target = releaseTargetOf(config.jet);
  const notOwed = whyNoRelease(deployment, evidence.receipts.length);
  if (notOwed !== null) {
    const skipped = withoutBody(deployment, 'skipped', notOwed.detail, target);
    return { receipt: releaseReceiptOf(deployment, skipped, notOwed.outcome, true), failure: null, planned: [] };
  }
  const unconfirmed = whyUnconfirmed(deployment, null);
  if (unconfirmed !== null) {
    const held = withoutBody(deployment, 'quarantined', unconfirmed, target);
    const receipt = releaseReceiptOf(deployment, held, 'unconfirmed', true);
    return { receipt, failure: releaseFailureOf(receipt), planned: [] };
  }
  const selection = await findWindow(deployment, config.changeWindow, windowsIn);
  const planned = planRelease(deployment, selection, config.jet, target);
  const outcome = selection.outcome === 'chosen' ? 'pending' : selection.outcome;
  const receipt = releaseReceiptOf(deployment, planned, outcome, true);
  return { receipt, failure: outcome === 'pending' ? null : releaseFailureOf(receipt), planned: [planned] };
}
