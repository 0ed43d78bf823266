import type { Delivery, DeploymentRecord, RecordAcceptance } from '../contracts/deployment-record.ts';
import type { RecordReceipt } from '../contracts/record-receipt.ts';
import { canonicalSha256 } from './canonical.ts';

/** What a receipt says; its place in the chain is added where it is appended. */
export type Entry = Omit<RecordReceipt, 'sequence' | 'previous'>;

type Root = Pick<DeploymentRecord, 'id' | 'deployment' | 'previous'>;

/** The frozen plan's root: what the first receipt of a record holds, and each that says who went on with it. */
export const rootOf = ({ id, deployment, previous = null }: Root): string =>
  canonicalSha256({ id, deployment, previous });

/** As rootOf, with the runs that a version without receipts had counted. */
export const adoptedRootOf = (root: Root, runs: number, openedBy: readonly string[]): string => {
  const { id, deployment, previous = null } = root;
  return canonicalSha256({ id, deployment, previous, runs, openedBy });
};

/** Of a delivery without its lease: that says who is at work now, not what happened. */
export function deliverySha256({ owner: _, leaseUntil: __, ...delivery }: Delivery): string {
  return canonicalSha256(delivery);
}

export const deliveryEntry = (delivery: Delivery): Entry => ({
  at: delivery.updatedAt,
  of: 'delivery',
  step: delivery.step,
  subject: delivery.subject,
  state: delivery.state,
  sha256: deliverySha256(delivery),
});

/** For the subject whose delivery goes on under another subject. */
export const replacedEntry = (before: Delivery, after: Delivery): Entry => ({
  ...deliveryEntry(after),
  subject: before.subject,
  state: 'replaced',
});

export const imagesEntry = (
  at: string,
  step: Delivery['step'],
  images: DeploymentRecord['images'],
  artifacts: DeploymentRecord['artifacts'],
): Entry => ({
  at,
  of: 'images',
  step,
  subject: null,
  state: artifacts ?? null,
  sha256: canonicalSha256(images),
});

export const partEntry = (at: string, name: string, state: 'opened' | 'sealed', head: string): Entry => ({
  at,
  of: 'part',
  step: null,
  subject: name,
  state,
  sha256: head,
});

export const deploymentEntry = (
  at: string,
  run: string | null,
  state: 'opened' | 'resumed' | 'adopted',
  root: string,
): Entry => ({ at, of: 'deployment', step: null, subject: run, state, sha256: root });

export const acceptanceEntry = (acceptance: RecordAcceptance): Entry => ({
  at: acceptance.at,
  of: 'acceptance',
  step: null,
  subject: acceptance.by,
  state: 'accepted',
  sha256: canonicalSha256(acceptance),
});
