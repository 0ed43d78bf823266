import { isDeepStrictEqual } from 'node:util';
import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import type { DeployedImage } from '../contracts/image-diff.ts';
import { appendReceipt } from './chain.ts';
import type { ChangeOf } from './change.ts';
import { begin, claim, conclude, replan } from './delivery.ts';
import { deliveryEntry, imagesEntry, replacedEntry } from './entry.ts';
import { matchDeliveries } from './match.ts';

/** Images and deliveries with the chain that vouches for them: a record, or a part of one. */
export type Entries = Pick<DeploymentRecord, 'images' | 'artifacts' | 'deliveries' | 'receipts' | 'head'>;

/** Each of these answers with the entries themselves where the change makes nothing of them. */
export function planEntries<T extends Entries>(entries: T, change: ChangeOf<'plan'>): T {
  return planDeliveries(planImages(entries, change), change.at, change.deliveries);
}

function planImages<T extends Entries>(entries: T, { at, step, images, artifacts }: ChangeOf<'plan'>): T {
  const merged = images === undefined ? entries.images : mergeImages(entries.images, images);
  // What one run could tell of the images stays told, also where a later run can not.
  const known = entries.artifacts === 'known' ? 'known' : (artifacts ?? entries.artifacts);
  if (known === entries.artifacts && isDeepStrictEqual(merged, entries.images)) return entries;
  const after = { ...entries, images: merged, ...(known !== undefined && { artifacts: known }) };
  return appendReceipt(after, imagesEntry(at, step, merged, known));
}

function planDeliveries<T extends Entries>(entries: T, at: string, planned: ChangeOf<'plan'>['deliveries']): T {
  const found = matchDeliveries(entries.deliveries, planned);
  const replaced = new Map<Delivery, Delivery>();
  const added = new Map<string, Delivery>();
  planned.forEach((wanted, index) => {
    const known = found[index];
    if (known !== undefined) replaced.set(known, replan(known, wanted, at));
    else if (!added.has(wanted.subject)) added.set(wanted.subject, begin(wanted, at));
  });
  let after = entries;
  for (const [before, now] of replaced) {
    if (now === before) continue;
    if (now.subject !== before.subject) after = appendReceipt(after, replacedEntry(before, now));
    after = appendReceipt(after, deliveryEntry(now));
  }
  for (const delivery of added.values()) after = appendReceipt(after, deliveryEntry(delivery));
  if (after === entries) return entries;
  const kept = entries.deliveries.map(delivery => replaced.get(delivery) ?? delivery);
  return { ...after, deliveries: [...kept, ...added.values()] };
}

/** A digest that one run knew is not lost to a later run that does not. */
const mergeImages = (known: readonly DeployedImage[], images: readonly DeployedImage[]): DeployedImage[] =>
  images.map(image => {
    if (image.digest !== null) return image;
    return known.find(({ reference, digest }) => reference === image.reference && digest !== null) ?? image;
  });

export function settleEntry<T extends Entries>(entries: T, change: ChangeOf<'claim'> | ChangeOf<'result'>): T {
  const { step, subject } = change;
  const index = entries.deliveries.findIndex(delivery => delivery.step === step && delivery.subject === subject);
  const before = entries.deliveries[index];
  if (before === undefined) return entries;
  const now = change.type === 'claim' ? claim(before, change) : conclude(before, change);
  if (now === before) return entries;
  const after = { ...entries, deliveries: entries.deliveries.with(index, now) };
  return isLeaseAlone(before, now) ? after : appendReceipt(after, deliveryEntry(now));
}

/** A claim is not what happened to a delivery, unless it is now sent elsewhere, or may be in its store twice. */
const isLeaseAlone = (before: Delivery, now: Delivery): boolean =>
  now.state === 'sending' && now.target === before.target && now.possibleDuplicate === before.possibleDuplicate;
