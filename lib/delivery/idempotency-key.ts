import { createHash } from 'node:crypto';
import type { Delivery } from '../contracts/deployment-record.ts';

/**
 * The key of one record in its store, a UUID of version 8 (RFC 9562): the same for every run, retry and machine, because
 * it holds nothing but what the record is about.
 */
export function idempotencyKeyOf(operationId: string, step: Delivery['step'], subject: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([operationId, step, subject]))
    .digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const [a, b, c, d, e] = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(13, 16),
    hash.slice(17, 20),
    hash.slice(20, 32),
  ];
  return `${a}-${b}-8${c}-${variant}${d}-${e}`;
}

export const sha256Of = (body: string): string => createHash('sha256').update(body).digest('hex');
