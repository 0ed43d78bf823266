import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import type { DeploymentRecordPart } from '../contracts/deployment-record-part.ts';
import type { Change } from './change.ts';
import type { Witness } from './journal.ts';
import { applyToPart, partOfRecord, partsOf } from './part.ts';
import { applyChange } from './record.ts';

/** A record as it is kept: itself, and its parts by index. */
export interface StoredRecord {
  record: DeploymentRecord;
  parts: DeploymentRecordPart[];
  /** Of a journal, which keeps no receipts: heads that it says the chain had, in their order. Its changes alone vouch for nothing. */
  witnesses?: readonly Witness[];
}

/** What a change makes of a record and its parts, where both are written at once. @returns null before the first open */
export function applyToStored(stored: StoredRecord | null, change: Change): StoredRecord | null {
  const record = applyChange(stored?.record ?? null, change);
  if (record === null) return null;
  const count = record.parts ?? 0;
  const parts = Array.from({ length: count }, (_, index) => stored?.parts[index] ?? partOfRecord(record, index));
  for (const index of partsOf(change, count)) {
    const part = parts[index];
    if (part !== undefined) parts[index] = applyToPart(part, count, change);
  }
  return { record, parts };
}

const joined = new WeakMap<DeploymentRecord, { parts: DeploymentRecordPart[]; whole: DeploymentRecord }>();

/** The record with the images and deliveries of its parts. Its receipts are its own. */
export function wholeOf({ record, parts }: StoredRecord): DeploymentRecord {
  if (parts.length === 0) return record;
  // Many wait for one write, and are all answered with the same record.
  const known = joined.get(record);
  if (known?.parts.length === parts.length && parts.every((part, index) => part === known.parts[index]))
    return known.whole;
  const whole = {
    ...record,
    images: record.images.concat(...parts.map(({ images }) => images)),
    deliveries: record.deliveries.concat(...parts.map(({ deliveries }) => deliveries)),
  };
  joined.set(record, { parts, whole });
  return whole;
}
