import { isDeepStrictEqual } from 'node:util';
import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import type { DeployedImage } from '../contracts/image-diff.ts';
import { appendReceipt } from './chain.ts';
import type { ChangeOf } from './change.ts';
import { begin, claim, conclude, replan, withdraw } from './delivery.ts';
import { deliveryEntry, imagesEntry, isSaid, replacedEntry } from './entry.ts';
import { matchDeliveries } from './match.ts';

/** Images and deliveries with the chain that vouches for them: a record, or a part of one. */
export type Entries = Pick<
  DeploymentRecord,
  'images' | 'artifacts' | 'notLookedAt' | 'deliveries' | 'receipts' | 'head'
>;

/** Where the images are known, a plan is the whole truth of its step: what it leaves out is owed no longer. */
export const isWhole = ({ artifacts, rules }: ChangeOf<'plan'>): boolean =>
  artifacts === 'known' && rules === undefined;

/**
 * Each of these answers with the entries themselves where the change makes nothing of them.
 * @param whole whether the plan that this is of, or is a share of, is the whole truth
 */
export function planEntries<T extends Entries>(entries: T, change: ChangeOf<'plan'>, whole: boolean): T {
  return planDeliveries(planImages(entries, change), change, whole);
}

function planImages<T extends Entries>(entries: T, change: ChangeOf<'plan'>): T {
  const { at, step, images, artifacts } = change;
  // Nor does one that could tell less take away what is known.
  const tellsLess = entries.artifacts === 'known' && artifacts === 'unknown';
  const merged = images === undefined || tellsLess ? entries.images : mergeImages(entries.images, images);
  // What one run could tell of the images stays told, also where a later run can not.
  const known = entries.artifacts === 'known' ? 'known' : (artifacts ?? entries.artifacts);
  // Who could tell more has looked at more.
  const notLookedAt = artifacts === undefined || tellsLess ? entries.notLookedAt : change.notLookedAt;
  const { notLookedAt: before, ...rest } = entries;
  if (known === entries.artifacts && isDeepStrictEqual([merged, notLookedAt], [entries.images, before])) return entries;
  const after = {
    ...rest,
    images: merged,
    ...(known !== undefined && { artifacts: known }),
    ...(notLookedAt !== undefined && { notLookedAt }),
  } as T;
  return appendReceipt(after, imagesEntry(at, step, after));
}

function planDeliveries<T extends Entries>(entries: T, change: ChangeOf<'plan'>, whole: boolean): T {
  const { at, step, deliveries: planned, rules } = change;
  const found = matchDeliveries(entries.deliveries, planned);
  const replaced = new Map<Delivery, Delivery>();
  const added = new Map<string, Delivery>();
  planned.forEach((wanted, index) => {
    const known = found[index];
    if (known !== undefined) replaced.set(known, replan(known, wanted, at, rules));
    else if (!added.has(wanted.subject)) added.set(wanted.subject, begin(wanted, at));
  });
  if (whole)
    for (const delivery of entries.deliveries)
      if (delivery.step === step && !replaced.has(delivery)) replaced.set(delivery, withdraw(delivery, at));
  const changed = [...replaced].filter(([before, now]) => now !== before);
  if (changed.length === 0 && added.size === 0) return entries;
  let after = entries;
  for (const [before, now] of changed) {
    if (now.subject !== before.subject) after = appendReceipt(after, replacedEntry(before, now, rules));
    after = witness(after, now, rules);
  }
  for (const delivery of added.values()) after = witness(after, delivery, rules);
  const kept = entries.deliveries.map(delivery => replaced.get(delivery) ?? delivery);
  return { ...after, deliveries: [...kept, ...added.values()] };
}

/** A digest that one run knew is not lost to a later run that does not. */
const mergeImages = (known: readonly DeployedImage[], images: readonly DeployedImage[]): DeployedImage[] =>
  images.map(image => {
    if (image.digest !== null) return image;
    return known.find(({ reference, digest }) => reference === image.reference && digest !== null) ?? image;
  });

export function settleEntry<T extends Entries>(entries: T, change: ChangeOf<'claim' | 'result' | 'withdraw'>): T {
  const { step, subject } = change;
  const index = entries.deliveries.findIndex(delivery => delivery.step === step && delivery.subject === subject);
  const before = entries.deliveries[index];
  if (before === undefined) return entries;
  const now = settled(before, change);
  if (now === before) return entries;
  const after = { ...entries, deliveries: entries.deliveries.with(index, now) };
  return isLeaseAlone(before, now) ? after : witness(after, now, change.rules);
}

function settled(delivery: Delivery, change: ChangeOf<'claim' | 'result' | 'withdraw'>): Delivery {
  if (change.type === 'claim') return claim(delivery, change);
  return change.type === 'result' ? conclude(delivery, change) : withdraw(delivery, change.at);
}

/** Vouches for a delivery as it is now, where no receipt does. @param rules of the version that wrote the change */
function witness<T extends Entries>(entries: T, delivery: Delivery, rules: 1 | undefined): T {
  const entry = deliveryEntry(delivery, rules);
  return rules === undefined && isSaid(entries.receipts ?? [], entry) ? entries : appendReceipt(entries, entry);
}

/** A claim is not what happened to a delivery, unless it is now sent elsewhere, or may be in its store twice. */
const isLeaseAlone = (before: Delivery, now: Delivery): boolean =>
  now.state === 'sending' && now.target === before.target && now.possibleDuplicate === before.possibleDuplicate;
