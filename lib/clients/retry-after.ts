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

const MIN_SUSPENSION_MS = 1_000;
const MAX_SUSPENSION_MS = 30_000;

/**
 * How long an account is suspended, by the text of Artifactory's 403: "try again in N second(s)". Whatever it says, the wait is
 * at least a second, and twice as long each time: a server that says 0 would be asked for ever.
 * @param before how often it was waited for already
 * @returns milliseconds; null where the text names no time
 */
export function suspensionMs(text: string, before: number): number | null {
  const asked = /try again in (\d+) second/i.exec(text)?.[1];
  if (asked === undefined) return null;
  return Math.max(Number(asked) * 1000, Math.min(MIN_SUSPENSION_MS * 2 ** before, MAX_SUSPENSION_MS));
}
