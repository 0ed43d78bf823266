import { isDeepStrictEqual } from 'node:util';
import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { partName } from '../contracts/deployment-record-part.ts';
import type { Envelope } from '../contracts/record-seal.ts';
import { appendReceipt } from './chain.ts';
import type { Change, ChangeOf } from './change.ts';
import { isWhole, planEntries, settleEntry } from './entries.ts';
import {
  acceptanceEntry,
  adoptedRootOf,
  deliveryEntry,
  deploymentEntry,
  imagesEntry,
  partEntry,
  rootOf,
} from './entry.ts';
import { beginPart, partsFor, shareOf } from './part.ts';

/**
 * What a change makes of a record. A change whose condition does not hold makes nothing of it, so the same changes in the
 * same order give every run the same record, and that record tells a run whether its claim won. Of a record with parts this
 * is the record itself: what its parts hold is applyToPart's.
 * @param record null before the first open
 * @returns the record itself where the change makes nothing of it
 */
export function applyChange(record: DeploymentRecord | null, change: Change): DeploymentRecord | null {
  if (change.type === 'open') return open(record, change);
  if (record === null) return null;
  const chained = adopt(record, change.at);
  if (change.type === 'plan') return plan(chained, change);
  if (change.type === 'seal') return seal(chained, change);
  if (change.type === 'accept') return accept(chained, change);
  return settleEntry(chained, change);
}

/** Somebody created it, and ended before anything was said of it. */
export const isUnopened = ({ runs, receipts }: DeploymentRecord): boolean => runs === 0 && receipts === undefined;

/** The deployment of the first run stands. A run counts once, however many of its steps open the record. */
function open(record: DeploymentRecord | null, change: ChangeOf<'open'>): DeploymentRecord {
  if (record === null || isUnopened(record)) return create(record?.deployment ?? change.deployment, change);
  const { at, run } = change;
  const chained = adopt(record, at);
  const { openedBy = [], runs } = chained;
  if (openedBy.includes(run)) return chained;
  const entry = deploymentEntry(at, run, 'resumed', rootOf(chained));
  return appendReceipt({ ...chained, runs: runs + 1, openedBy: [...openedBy, run] }, entry);
}

function create(deployment: DeploymentRecord['deployment'], { at, run, previous = null }: ChangeOf<'open'>) {
  const record: DeploymentRecord = {
    schemaVersion: 'aftersync.deployment-record/v1',
    id: deployment.id,
    deployment,
    previous,
    images: [],
    deliveries: [],
    runs: 1,
    openedBy: [run],
  };
  return appendReceipt(record, deploymentEntry(at, run, 'opened', rootOf(record)));
}

/** A record of a version without receipts has a chain from here on, which begins with what it holds now. */
function adopt(record: DeploymentRecord, at: string): DeploymentRecord {
  if (record.receipts !== undefined) return record;
  const { runs, openedBy = [], images, artifacts, deliveries } = record;
  const root = adoptedRootOf(record, runs, openedBy);
  let after = appendReceipt(record, deploymentEntry(at, null, 'adopted', root));
  if (images.length > 0 || artifacts !== undefined)
    after = appendReceipt(after, imagesEntry(at, 'submit-evidence', record));
  for (const delivery of deliveries) after = appendReceipt(after, deliveryEntry(delivery));
  return after;
}

function plan(record: DeploymentRecord, change: ChangeOf<'plan'>): DeploymentRecord {
  const divided = divide(record, change);
  return planEntries(divided, shareOf(change, divided.parts ?? 0, null), isWhole(change));
}

/** The first plan that holds something says once and for all how many parts there are. */
function divide(record: DeploymentRecord, { at, step, images = [], deliveries }: ChangeOf<'plan'>): DeploymentRecord {
  const artifacts = Math.max(images.length, step === 'submit-evidence' ? deliveries.length : 0);
  if (record.parts !== undefined || artifacts === 0) return record;
  const parts = record.images.length + record.deliveries.length > 0 ? 0 : partsFor(artifacts);
  const root = record.receipts?.[0]?.sha256 ?? '';
  let after: DeploymentRecord = { ...record, parts };
  for (let index = 0; index < parts; index += 1) {
    const { head } = beginPart(record.id, root, index, at);
    after = appendReceipt(after, partEntry(at, partName({ record: record.id, index }), 'opened', head));
  }
  return after;
}

function accept(record: DeploymentRecord, { type: _, ...acceptance }: ChangeOf<'accept'>): DeploymentRecord {
  const acceptances = [...(record.acceptances ?? []), acceptance];
  return appendReceipt({ ...record, acceptances }, acceptanceEntry(acceptance));
}

/** Its chain takes over the heads of its parts, so that its own head vouches for them; a signature is only kept. */
function seal(record: DeploymentRecord, { at, heads = [], envelope }: ChangeOf<'seal'>): DeploymentRecord {
  let after = record;
  for (const [index, head] of heads.slice(0, record.parts ?? 0).entries()) {
    const name = partName({ record: record.id, index });
    const last = after.receipts?.findLast(({ of, subject }) => of === 'part' && subject === name);
    if (last?.sha256 !== head) after = appendReceipt(after, partEntry(at, name, 'sealed', head));
  }
  const { seals = [] } = after;
  if (envelope === undefined || seals.some(known => isDeepStrictEqual(known.envelope, envelope))) return after;
  // It covers whatever an earlier one of the same key covered: a record that is resumed for weeks does not grow by it.
  const kept = seals.filter(known => keyOf(known.envelope) !== keyOf(envelope));
  return { ...after, seals: [...kept, { at, envelope }] };
}

const keyOf = ({ signatures: [first] }: Envelope): string | undefined => first?.keyid;
