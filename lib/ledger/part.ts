import { createHash } from 'node:crypto';
import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import { type DeploymentRecordPart, partName } from '../contracts/deployment-record-part.ts';
import type { DeployedImage } from '../contracts/image-diff.ts';
import { appendReceipt, type Chain } from './chain.ts';
import type { Change, ChangeOf } from './change.ts';
import { isWhole, planEntries, settleEntry } from './entries.ts';
import { partEntry } from './entry.ts';
import { repositoryOf } from './match.ts';

/**
 * A record of more artifacts keeps them in parts: docs/adr/0010-large-records-in-parts.md. Measured: 2.4 kB an artifact, of
 * which receipts are a third, and the time of a write follows the size of the object.
 */
export const MAX_ENTRIES = 80;
const PART_ENTRIES = 50;

type Where = Pick<Delivery, 'step' | 'subject'>;

/** How many parts hold this many artifacts; none where the record itself does. */
export const partsFor = (artifacts: number): number =>
  artifacts <= MAX_ENTRIES ? 0 : Math.ceil(artifacts / PART_ENTRIES);

/** What is owed for an artifact goes to a part. A release event is one, and stays with the record. */
const isOfArtifact = ({ step }: Pick<Delivery, 'step'>): boolean => step === 'submit-evidence';

/** By repository alone: two runs agree, also where only one of them could resolve the digest. */
function indexOf(repository: string, parts: number): number {
  return createHash('sha256').update(repository).digest().readUInt32BE() % parts;
}

const partOfImage = ({ registry, repository, reference }: DeployedImage, parts: number): number =>
  indexOf(registry === '' ? repositoryOf(reference) : `${registry}/${repository}`, parts);

/** Index of the part that holds a delivery; null where the record itself does. */
export const partOfDelivery = (delivery: Where, parts: number): number | null =>
  parts > 0 && isOfArtifact(delivery) ? indexOf(repositoryOf(delivery.subject), parts) : null;

/** As parts that begin now would hold them: those of the first part, of the second, and so on. */
export function inOrderOfParts<T extends Where>(deliveries: readonly T[], artifacts: number): T[] {
  const parts = partsFor(artifacts);
  const indexed = deliveries.map(delivery => ({ delivery, index: partOfDelivery(delivery, parts) ?? 0 }));
  return indexed.sort((a, b) => a.index - b.index).map(({ delivery }) => delivery);
}

type Plan = ChangeOf<'plan'>;
/** What of a plan each part holds, and, under null, the record itself. */
type Shares = Map<number | null, Pick<Plan, 'deliveries' | 'images'>>;
const divided = new WeakMap<Plan, { parts: number; shares: Shares }>();

/** What of a plan belongs to one part, or, with null, to the record itself. */
export function shareOf(plan: Plan, parts: number, index: number | null): Plan {
  if (parts === 0) return plan;
  const { images, artifacts, notLookedAt, ...rest } = plan;
  const share = sharesOf(plan, parts).get(index);
  const deliveries = share?.deliveries ?? [];
  if (index === null) return { ...rest, artifacts, ...(notLookedAt && { notLookedAt }), deliveries };
  return { ...rest, images: images && (share?.images ?? []), deliveries };
}

/** Every part asks for its own. */
function sharesOf(plan: Plan, parts: number): Shares {
  const known = divided.get(plan);
  if (known?.parts === parts) return known.shares;
  const shares: Shares = new Map();
  const shareAt = (index: number | null) => {
    const share = shares.get(index) ?? { deliveries: [], images: [] };
    shares.set(index, share);
    return share;
  };
  for (const delivery of plan.deliveries) shareAt(partOfDelivery(delivery, parts)).deliveries.push(delivery);
  for (const image of plan.images ?? []) shareAt(partOfImage(image, parts)).images?.push(image);
  divided.set(plan, { parts, shares });
  return shares;
}

/** Which parts a change is for. */
export function partsOf(change: Change, parts: number): number[] {
  if (change.type === 'claim' || change.type === 'result' || change.type === 'withdraw') {
    const index = partOfDelivery(change, parts);
    return index === null ? [] : [index];
  }
  if (change.type !== 'plan' || !isOfArtifact(change)) return [];
  return Array.from({ length: parts }, (_, index) => index);
}

/** A part as it begins. It follows from the record alone, so that the record can vouch for it before it is there. */
export function beginPart(id: string, root: string, index: number, at: string): DeploymentRecordPart {
  const part: Omit<DeploymentRecordPart, 'receipts' | 'head'> & Chain = {
    schemaVersion: 'aftersync.deployment-record-part/v1',
    record: id,
    index,
    images: [],
    deliveries: [],
  };
  const begun = appendReceipt(part, partEntry(at, partName(part), 'opened', root));
  return begun;
}

/** The part of a record as the record says that it began. */
export function partOfRecord(record: DeploymentRecord, index: number): DeploymentRecordPart {
  const name = partName({ record: record.id, index });
  const opened = record.receipts?.find(
    ({ of, subject, state }) => of === 'part' && subject === name && state === 'opened',
  );
  const [root] = record.receipts ?? [];
  if (opened === undefined || root === undefined) throw new Error(`the record has no part ${index}`);
  return beginPart(record.id, root.sha256, index, opened.at);
}

export function applyToPart(part: DeploymentRecordPart, parts: number, change: Change): DeploymentRecordPart {
  if (change.type === 'plan')
    return isOfArtifact(change) ? planEntries(part, shareOf(change, parts, part.index), isWhole(change)) : part;
  if (change.type === 'open' || change.type === 'accept' || change.type === 'seal') return part;
  return settleEntry(part, change);
}
