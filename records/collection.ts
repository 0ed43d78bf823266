import { readAlert } from '../lib/alerts/kubernetes.ts';
import type { DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import type { DeploymentRecordPart } from '../lib/contracts/deployment-record-part.ts';
import type { DeploymentRecordSummary } from '../lib/contracts/deployment-record-summary.ts';
import type { Finding } from '../lib/ledger/chain.ts';
import type { StoredRecord } from '../lib/ledger/stored-record.ts';
import { badInput, type Failure } from '../lib/runtime/failure.ts';
import { readResource } from './resource.ts';

/** A record with the objects that it was read from. */
export interface KeptRecord extends StoredRecord {
  /** As written beside it; absent where nobody counted. */
  summary: DeploymentRecordSummary | undefined;
}

/** Records from an export or a ledger, and what could not be read of them. */
export interface Collection {
  records: KeptRecord[];
  /** Objects that claim to be records and break the contract, and parts whose record is not there. */
  findings: Finding[];
  /** Those of an export. */
  alerts: DeploymentAlert[];
}

/** @throws Failure 2 where it is not among them */
export function recordOf({ records }: Collection, id: string): KeptRecord {
  const kept = records.find(({ record }) => record.id === id);
  if (kept === undefined) throw noSuchRecord(id);
  return kept;
}

export const noSuchRecord = (id: string): Failure =>
  badInput('No such record', id, 'aftersync records list shows those that are there');

/** Puts records and their parts together. What is no record is passed over; of two copies of one record the last counts. */
export function collect(objects: readonly unknown[]): Collection {
  const records = new Map<string, KeptRecord>();
  const parts = new Map<string, Map<number, DeploymentRecordPart>>();
  const findings: Finding[] = [];
  const alerts: DeploymentAlert[] = [];
  for (const object of objects) {
    const read = readResource(object);
    const alert = read.type === 'other' ? readAlert(object) : null;
    if (alert !== null) alerts.push(alert);
    if (read.type === 'broken') findings.push(...read.findings);
    if (read.type === 'record') records.set(read.record.id, { record: read.record, summary: read.summary, parts: [] });
    if (read.type === 'part') {
      const { record, index } = read.part;
      parts.set(record, (parts.get(record) ?? new Map()).set(index, read.part));
    }
  }
  for (const [id, found] of parts) {
    const owner = records.get(id);
    if (owner !== undefined) owner.parts = [...found.values()].sort((a, b) => a.index - b.index);
    else if (!findings.some(({ record }) => record === id))
      findings.push(...[...found.keys()].map(index => orphan(id, index)));
  }
  return { records: [...records.values()].sort(byStart), findings, alerts };
}

/** Both; of a record that is in both, the one of the first. */
export function join(first: Collection, second: Collection): Collection {
  const known = new Set(first.records.map(({ record }) => record.id));
  const records = [...first.records, ...second.records.filter(({ record }) => !known.has(record.id))];
  return { records: records.sort(byStart), findings: [...first.findings, ...second.findings], alerts: first.alerts };
}

const orphan = (id: string, index: number): Finding => ({
  record: `${id}-${index}`,
  receipt: null,
  path: 'spec.record',
  what: `the record ${id} is not there`,
});

/** The newest first; of the same second, by name. */
const byStart = ({ record: a }: KeptRecord, { record: b }: KeptRecord): number =>
  Date.parse(b.deployment.operation.startedAt) - Date.parse(a.deployment.operation.startedAt) ||
  a.id.localeCompare(b.id);
