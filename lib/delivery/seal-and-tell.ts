import type { KeyObject } from 'node:crypto';
import type { Delivery } from '../contracts/deployment-record.ts';
import { tellHead } from '../ledger/head-file.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { deliveryMetrics } from '../metrics/deliveries.ts';
import { tellMetrics } from '../metrics/values.ts';
import { sealRecord } from '../signing/seal-record.ts';

/** One attempt of a step that delivers. */
export interface Attempt {
  /** Of the record. */
  id: string;
  step: Delivery['step'];
  /** RFC 3339, when it began. */
  since: string;
  /** null where records are not signed. */
  key: KeyObject | null;
}

/** Where it is told, by flag. */
export interface ToldIn {
  headOut?: string;
  metricsOut?: string;
}

/** Ends an attempt: seals its record, tells the head that it has then, and what the attempt brought about. */
export async function sealAndTell(
  ledger: Ledger,
  { id, step, since, key }: Attempt,
  { headOut, metricsOut }: ToldIn,
): Promise<void> {
  const record = await sealRecord(ledger, id, key, new Date().toISOString());
  await tellHead(record, headOut);
  await tellMetrics(deliveryMetrics(record, step, since), metricsOut);
}
