import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { Delivery, DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { whyNoRelease } from '../../lib/contracts/release-owed.ts';
import type { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import type { Connection } from '../../lib/delivery/connection.ts';
import { createCourier } from '../../lib/delivery/courier.ts';
import { whyUnconfirmed } from '../../lib/delivery/unconfirmed.ts';
import type { Change, PlannedDelivery } from '../../lib/ledger/change.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import { badInput, type Failure, refused } from '../../lib/runtime/failure.ts';
import { findWindow, type WindowsIn } from './find-window.ts';
import { checkSameOperation, firstUnrecorded } from './owed.ts';
import { planRelease, releaseTargetOf, STEP, withoutBody } from './plan.ts';
import { deliveredOutcome, releaseFailureOf, releaseReceiptOf } from './receipt.ts';

export interface Input {
  deployment: Deployment;
  evidence: EvidenceReceipts;
  config: Configuration;
  run: string;
  owner: string;
  /** RFC 3339, when the run began. */
  at: string;
}

export interface Clients {
  ledger: () => Ledger;
  connect: () => Connection;
  windowsIn: WindowsIn;
}

export interface Output {
  receipt: ReleaseReceipt;
  /** Why the event is still owed. */
  failure: Failure | null;
}

/**
 * Sends the one release event of a production sync. Running it twice sends nothing twice: window and body are frozen in the
 * ledger with the first plan, and later runs send that or nothing.
 * @throws Failure 2 where the inputs are of two operations
 */
export async function submitRelease(input: Input, clients: Clients): Promise<Output> {
  const { deployment, evidence, config, run, at } = input;
  checkSameOperation(deployment, evidence);
  if (evidence.dryRun)
    throw badInput('Evidence was only rehearsed', '--evidence has dryRun', 'run submit-evidence without --dry-run');
  const target = releaseTargetOf(config.jet);
  const open: Change = { type: 'open', at, deployment, run };
  const plan = (delivery: PlannedDelivery): Change => ({ type: 'plan', at, step: STEP, deliveries: [delivery] });

  const notOwed = whyNoRelease(deployment, evidence.receipts.length);
  if (notOwed !== null) {
    const skipped = withoutBody(deployment, 'skipped', notOwed.detail, target);
    if (notOwed.outcome !== 'skipped-not-production')
      await clients.ledger().apply(deployment.id, [open, plan(skipped)]);
    return { receipt: releaseReceiptOf(deployment, skipped, notOwed.outcome), failure: null };
  }
  const unrecorded = firstUnrecorded(evidence);
  if (unrecorded !== null) return incomplete(deployment, unrecorded, target);

  const ledger = clients.ledger();
  const record = await ledger.read(deployment.id);
  const unconfirmed = whyUnconfirmed(deployment, record);
  if (unconfirmed !== null) {
    const held = withoutBody(deployment, 'quarantined', unconfirmed, target);
    await ledger.apply(deployment.id, [open, plan(held)]);
    const receipt = releaseReceiptOf(deployment, held, 'unconfirmed');
    return { receipt, failure: releaseFailureOf(receipt) };
  }
  const frozen = isFrozen(releaseOf(record));
  const selection = frozen ? null : await findWindow(deployment, config.changeWindow, clients.windowsIn);
  if (selection === null) return send(input, ledger, [open], clients.connect());
  const planned = planRelease(deployment, selection, config.jet, target);
  if (selection.outcome === 'chosen') return send(input, ledger, [open, plan(planned)], clients.connect());
  await ledger.apply(deployment.id, [open, plan(planned)]);
  const receipt = releaseReceiptOf(deployment, planned, selection.outcome);
  return { receipt, failure: releaseFailureOf(receipt) };
}

async function send(
  { deployment, config, owner }: Input,
  ledger: Ledger,
  changes: Change[],
  { jet, budget }: Connection,
): Promise<Output> {
  const settings = config.jet;
  const about = {
    ledger,
    id: deployment.id,
    step: STEP,
    owner,
    target: releaseTargetOf(settings),
    settings,
    budget,
  } as const;
  const courier = createCourier({ ...about, post: jet.publishRelease });
  const opened = releaseOf(await ledger.apply(deployment.id, changes));
  courier.add(opened === undefined ? [] : [opened]);
  const stopped = await courier.ended();
  const delivery = releaseOf(await ledger.apply(deployment.id, []));
  if (delivery === undefined) throw new Error('the release event was not planned');
  const receipt = releaseReceiptOf(deployment, delivery, deliveredOutcome(delivery.state));
  return { receipt, failure: stopped ?? releaseFailureOf(receipt) };
}

/** Its window is decided: it is on its way, in doubt, or recorded. */
const isFrozen = (delivery: Delivery | undefined): boolean =>
  delivery !== undefined && !['quarantined', 'skipped', 'rejected'].includes(delivery.state);

const releaseOf = (record: DeploymentRecord | null): Delivery | undefined =>
  record?.deliveries.find(({ step }) => step === STEP);

function incomplete(deployment: Deployment, open: string, target: string): Output {
  const detail = `the evidence is not complete: ${open}`;
  const receipt = releaseReceiptOf(deployment, withoutBody(deployment, 'quarantined', detail, target), 'pending');
  return { receipt, failure: refused('Evidence is not complete', open, 'run submit-evidence until it exits 0') };
}
