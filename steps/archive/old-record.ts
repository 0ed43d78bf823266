import { createHash } from 'node:crypto';
import { objectsIn, toDocument } from '../../lib/archive/document.ts';
import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { summaryOf } from '../../lib/contracts/deployment-record-summary.ts';
import { type Finding, headsOf } from '../../lib/ledger/chain.ts';
import { wholeOf } from '../../lib/ledger/stored-record.ts';
import { collect } from '../../records/collection.ts';
import { verify } from '../../records/verify/verify.ts';
import type { ClusterRecord, Version } from './cluster-records.ts';

/** A record that was read, as the document that would be archived says it. */
export interface OldRecord {
  version: Version;
  document: string;
  sha256: string;
  /** With the images and deliveries of its parts; null where it breaks the contract. */
  whole: DeploymentRecord | null;
  complete: boolean;
  /** When anything last happened to it, RFC 3339. */
  touchedAt: string | null;
  /** What does not hold. */
  findings: Finding[];
}

/** Holds the document against its chain, not the objects that it was made from: what is kept is what must hold. */
export function toOldRecord({ version, objects }: ClusterRecord): OldRecord {
  const document = toDocument(objects);
  const collection = collect(objectsIn(document, `DeploymentRecord ${version.name}`));
  const { records, findings } = verify(collection, { id: null, head: null, key: null });
  const [kept] = collection.records;
  const whole = kept === undefined ? null : wholeOf(kept);
  return {
    version,
    document,
    sha256: createHash('sha256').update(document).digest('hex'),
    whole,
    complete: whole !== null && summaryOf(whole).state === 'complete',
    touchedAt: whole && touchedAt(whole),
    findings: [...findings, ...records.flatMap(record => record.findings)],
  };
}

function touchedAt(whole: DeploymentRecord): string {
  const { receipts = [], deployment } = whole;
  return receipts.at(-1)?.at ?? summaryOf(whole).changedAt ?? deployment.operation.startedAt;
}

/**
 * Whether a record only went on from what the archive has of it: a run that was killed had archived it, and a delivery came
 * later. Anything else under its name is another record.
 */
export function goesOnFrom(archived: string, { whole, sha256 }: OldRecord): boolean {
  if (createHash('sha256').update(archived).digest('hex') === sha256) return true;
  const [earlier] = collect(objectsIn(archived, 'archived record')).records;
  const head = earlier?.record.head;
  return head !== undefined && headsOf(whole?.receipts ?? []).has(head);
}
