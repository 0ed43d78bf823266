import type { KeyObject } from 'node:crypto';
import { partName } from '../../lib/contracts/deployment-record-part.ts';
import { type RecordState, summaryOf } from '../../lib/contracts/deployment-record-summary.ts';
import { chainedSince, type Finding, headsKnownBy, type KnownHead, verifyChain } from '../../lib/ledger/chain.ts';
import { wholeOf } from '../../lib/ledger/stored-record.ts';
import type { Collection, KeptRecord } from '../collection.ts';
import { readSeals } from './seals.ts';

export interface Expected {
  /** The one that is asked for; null for all. */
  id: string | null;
  /** Of --head. */
  head: string | null;
  key: KeyObject | null;
}

/** What became of one record. */
export interface Verified {
  id: string;
  holds: boolean;
  /** RFC 3339; null: written before there were receipts, nothing vouches for it. */
  chainedSince: string | null;
  /** Its chain began with what a version without receipts had left. */
  adopted: boolean;
  receipts: number;
  head: string | null;
  /** Receipts up to this one are signed by the given key; null where none was given. */
  signedTo: number | null;
  state: RecordState;
  /** Deliveries that a run is sending now: what they become is in no receipt yet. */
  sending: { subject: string; since: string }[];
  findings: Finding[];
}

export interface Verification {
  records: Verified[];
  /** Of objects that are no readable record. */
  findings: Finding[];
  /** Of all: records that another one knows as the one before, and that are not here. */
  absent: { id: string; knownBy: string }[];
}

/** Holds records against their chains, their signatures, and what the next record of the application knows of them. */
export function verify(
  { records, findings }: Pick<Collection, 'records' | 'findings'>,
  { id, head, key }: Expected,
): Verification {
  const heads = knownHeads(records);
  const began = chainsBegan(records);
  const chosen = records.filter(({ record }) => id === null || record.id === id);
  const given: KnownHead[] = head === null ? [] : [{ head, from: '--head' }];
  return {
    records: chosen.map(kept => verifyOne(kept, [...(heads.get(kept.record.id) ?? []), ...given], key, began)),
    findings: findings.filter(({ record }) => id === null || record === id || record.startsWith(`${id}-`)),
    absent: id === null ? absentOf(records, findings) : [],
  };
}

function verifyOne(kept: KeptRecord, known: KnownHead[], key: KeyObject | null, began: number): Verified {
  const { record } = kept;
  const { receipts = [] } = record;
  const whole = wholeOf(kept);
  const sending = whole.deliveries.filter(({ state }) => state === 'sending');
  const since = chainedSince(kept);
  const seals = readSeals(record, key);
  const findings = [
    ...unchained(kept, since, began),
    ...verifyChain(kept, [...known, ...seals.known]),
    ...seals.findings,
    ...(sending.length === 0 ? unsignedEnd(kept, seals.signedTo) : []),
    ...verifyNames(kept),
  ];
  return {
    id: record.id,
    holds: findings.length === 0,
    chainedSince: since?.at ?? null,
    adopted: since?.adopted ?? false,
    receipts: receipts.length + kept.parts.reduce((sum, part) => sum + part.receipts.length, 0),
    head: record.head ?? null,
    signedTo: seals.signedTo,
    state: summaryOf(whole).state ?? 'complete',
    sending: sending.map(({ subject, updatedAt }) => ({ subject, since: updatedAt })),
    findings,
  };
}

function knownHeads(records: readonly KeptRecord[]): Map<string, KnownHead[]> {
  const heads = new Map<string, KnownHead[]>();
  for (const { record } of records)
    for (const [id, head] of headsKnownBy(record)) heads.set(id, [...(heads.get(id) ?? []), head]);
  return heads;
}

/** When the first chain of all began. What was synced later has one too, unless somebody took it away. */
function chainsBegan(records: readonly KeptRecord[]): number {
  const times = records.flatMap(kept => chainedSince(kept)?.at ?? []).map(at => Date.parse(at));
  return times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
}

function unchained({ record }: KeptRecord, since: object | null, began: number): Finding[] {
  if (since !== null || Date.parse(record.deployment.operation.startedAt) <= began) return [];
  const what = `it has none, and records have them since ${new Date(began).toISOString()}`;
  return [{ record: record.id, receipt: null, path: 'status.receipts', what }];
}

/** What came after the last signature may be anybody's, unless a run is at work and has yet to sign. */
function unsignedEnd({ record, parts }: KeptRecord, signedTo: number | null): Finding[] {
  const { receipts = [] } = record;
  if (signedTo === null || signedTo === 0) return [];
  if (signedTo < receipts.length) {
    const what = `the receipts from this one on, ${receipts.length - signedTo} of them, came after the last signature`;
    return [{ record: record.id, receipt: signedTo + 1, path: `status.receipts[${signedTo}]`, what }];
  }
  const signed = new Map(receipts.map(({ of, subject, sha256 }) => [of === 'part' ? subject : null, sha256]));
  return parts.flatMap(part => {
    if (signed.get(partName(part)) === part.head) return [];
    const what = 'its last receipts came after the last signature';
    return [{ record: partName(part), receipt: part.receipts.length, path: 'status.head', what }];
  });
}

/** What is written twice, so that it can be listed, says the same. Of a record with parts it is counted when a step ends. */
function verifyNames(kept: KeptRecord): Finding[] {
  const { record, parts, summary } = kept;
  const found = (path: string, what: string): Finding[] => [{ record: record.id, receipt: null, path, what }];
  if (record.id !== record.deployment.id) return found('metadata.name', `the deployment is ${record.deployment.id}`);
  if (summary === undefined || parts.length > 0) return [];
  const counted = summaryOf(record);
  for (const field of ['artifacts', 'submitted', 'changeRequest'] as const)
    if (counted[field] !== summary[field]) return found(`status.summary.${field}`, 'the deliveries say something else');
  return [];
}

function absentOf(records: readonly KeptRecord[], findings: readonly Finding[]) {
  const here = new Set([...records.map(({ record }) => record.id), ...findings.map(({ record }) => record)]);
  return records.flatMap(({ record }) => {
    const before = record.previous?.id;
    return before === undefined || here.has(before) ? [] : [{ id: before, knownBy: record.id }];
  });
}
