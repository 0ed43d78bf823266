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

/** Whether nothing more happens to a delivery of itself: all of it is vouched for then. */
export const isAtRest = (state: string | null): boolean =>
  !['planned', 'sending', 'uncertain', 'rejected'].includes(state ?? '');

/**
 * Of a delivery without its lease: that says who is at work now, not what happened. While it is not at rest, also without what
 * each attempt changes: a record grows with what happened, not with how often it was tried.
 * @param version of the receipt
 */
export function deliverySha256(
  { owner: _, leaseUntil: __, inDoubt: ___, ...delivery }: Delivery,
  version: RecordReceipt['version'],
): string {
  if (version === undefined || isAtRest(delivery.state)) return canonicalSha256(delivery);
  const { attempts: _attempts, updatedAt: _updatedAt, detail: _detail, httpStatus, ...frozen } = delivery;
  return canonicalSha256(delivery.state === 'rejected' ? { ...frozen, httpStatus } : frozen);
}

/** @param rules of a version that wrote receipts of version 1 */
export const deliveryEntry = (delivery: Delivery, rules?: 1): Entry => {
  const version = rules === 1 ? undefined : 2;
  return {
    at: delivery.updatedAt,
    of: 'delivery',
    step: delivery.step,
    subject: delivery.subject,
    state: delivery.state,
    sha256: deliverySha256(delivery, version),
    ...(version !== undefined && { version }),
  };
};

/** Whether a receipt says it already since the delivery was last at rest. What went to and fro is one receipt of each. */
export function isSaid(receipts: readonly RecordReceipt[], { step, subject, state, sha256, version }: Entry): boolean {
  for (let index = receipts.length - 1; index >= 0; index -= 1) {
    const receipt = receipts[index];
    if (receipt?.of !== 'delivery' || receipt.subject !== subject || receipt.step !== step) continue;
    if (receipt.version !== version) return false;
    if (receipt.state === state && receipt.sha256 === sha256) return true;
    if (isAtRest(receipt.state) || isAtRest(state)) return false;
  }
  return false;
}

/** For the subject whose delivery goes on under another subject. */
export const replacedEntry = (before: Delivery, after: Delivery, rules?: 1): Entry => ({
  ...deliveryEntry(after, rules),
  subject: before.subject,
  state: 'replaced',
});

type Images = Pick<DeploymentRecord, 'images' | 'artifacts' | 'notLookedAt'>;

/** Of their list alone, where everything was looked at. */
export const imagesSha256 = ({ images, notLookedAt }: Images): string =>
  canonicalSha256(notLookedAt === undefined ? images : { images, notLookedAt });

export const imagesEntry = (at: string, step: Delivery['step'], images: Images): Entry => ({
  at,
  of: 'images',
  step,
  subject: null,
  state: images.artifacts ?? null,
  sha256: imagesSha256(images),
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
