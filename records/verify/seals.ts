import type { KeyObject } from 'node:crypto';
import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { DeploymentStatement } from '../../lib/contracts/deployment-statement.ts';
import { type Finding, hashOf, type KnownHead } from '../../lib/ledger/chain.ts';
import { isSignedBy } from '../../lib/signing/dsse.ts';
import { statementIn } from '../../lib/signing/seal.ts';
import { statementOf } from '../../lib/signing/statement.ts';

/** What the signatures of a record say of it. */
export interface Seals {
  /** Heads that they vouch for: where no receipt has one, something was removed. */
  known: KnownHead[];
  findings: Finding[];
  /** Receipts up to this one are covered by a signature of the given key; 0 without one, null where no key was given. */
  signedTo: number | null;
}

/**
 * Without a key only what a signature says is compared with the record; whose it is stays open.
 * @param key of --public-key
 */
export function readSeals(record: DeploymentRecord, key: KeyObject | null): Seals {
  const known: KnownHead[] = [];
  const findings: Finding[] = [];
  let signedTo = 0;
  for (const [index, { envelope }] of (record.seals ?? []).entries()) {
    const finding = (what: string) =>
      findings.push({ record: record.id, receipt: null, path: `status.seals[${index}]`, what });
    const statement = statementIn(envelope);
    if (statement === null) {
      finding('it holds no statement about a deployment');
      continue;
    }
    // A key that is no longer used has signed too: that one seal is of it says nothing against the record.
    const ours = key !== null && isSignedBy(envelope, key);
    const { sequence, head } = statement.predicate;
    const differs = differenceOf(record, statement);
    if (differs !== null) finding(differs);
    else if (ours) signedTo = Math.max(signedTo, sequence);
    if (statement.predicate.record === record.id) known.push({ head, from: nameOf(index, sequence) });
  }
  if (key !== null && signedTo === 0) findings.push(unsigned(record));
  return { known, findings, signedTo: key === null ? null : signedTo };
}

const nameOf = (index: number, sequence: number): string =>
  `the signature status.seals[${index}] of ${sequence} receipts`;

const unsigned = ({ id, seals = [] }: DeploymentRecord): Finding => ({
  record: id,
  receipt: null,
  path: 'status.seals',
  what: seals.length === 0 ? 'nobody signed it, or the signatures were removed' : 'none of them is by the given key',
});

/** What a statement says that the record does not; what happened after it was made does not count. */
function differenceOf(record: DeploymentRecord, { predicate }: DeploymentStatement): string | null {
  const { sequence, head } = predicate;
  const expected = statementOf(record, { sequence, head }).predicate;
  if (predicate.record !== record.id) return `it is about the record ${predicate.record}`;
  for (const field of ['application', 'environment', 'startedAt', 'phase'] as const)
    if (JSON.stringify(predicate[field]) !== JSON.stringify(expected[field])) return `it says another ${field}`;
  const receipt = record.receipts?.[sequence - 1];
  if (receipt === undefined) return `it covers ${sequence} receipts, and there are ${record.receipts?.length ?? 0}`;
  return hashOf(receipt) === head ? null : `receipt ${sequence} is not the one that was signed`;
}
