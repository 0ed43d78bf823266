import type { AxiosError } from 'axios';

/**
 * How long a server asks to be left alone. Where it names a time (RFC 9110, 10.2.3) that is held against its own clock, which
 * the same answer tells: its clock and ours may be an hour apart.
 * @returns milliseconds, 0 where it asks for nothing
 */
export function retryAfterMs({ response }: Pick<AxiosError, 'response'>): number {
  const asked = String(response?.headers['retry-after'] ?? '');
  if (/^\d+$/.test(asked)) return Number(asked) * 1000;
  const waitMs = Date.parse(asked) - Date.parse(String(response?.headers.date ?? ''));
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : 0;
}
