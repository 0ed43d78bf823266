import type { KeyObject } from 'node:crypto';
import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { sealOf } from './seal.ts';

/**
 * Ends a step's work on a record: its chain takes over the heads of its parts, and where there is a key the head is signed.
 * Done twice it adds nothing, because the same head gives the same signature.
 * @param at RFC 3339, now
 * @returns the record with the head that covers everything
 */
export async function sealRecord(
  ledger: Ledger,
  id: string,
  key: KeyObject | null,
  at: string,
): Promise<DeploymentRecord> {
  const record = await ledger.apply(id, [{ type: 'seal', at }]);
  const { receipts = [], head } = record;
  if (key === null || head === undefined) return record;
  const envelope = sealOf(record, { sequence: receipts.length, head }, key);
  return ledger.apply(id, [{ type: 'seal', at, envelope }]);
}
