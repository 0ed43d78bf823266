/** Nothing is asked more often, but for the first repeat. */
const FLOOR_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;
const MAX_SUSPENSION_MS = 30_000;

/**
 * How long a server asks to be left alone. Where it names a time (RFC 9110, 10.2.3) that is held against its own clock, which
 * the same answer tells: its clock and ours may be an hour apart.
 * @param headers names in lower case
 * @returns milliseconds, 0 where it asks for nothing
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number {
  const asked = headers['retry-after'] ?? '';
  if (/^\d+$/.test(asked)) return Number(asked) * 1000;
  const waitMs = Date.parse(asked) - Date.parse(headers.date ?? '');
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : 0;
}

/**
 * How long to wait before a request is repeated. The first repeat comes soon: a connection that was cut works at once as a rule.
 * After it at least a second passes, more each time, and some more by chance, so that many clients do not ask in step.
 * @param repeat the first is 1
 * @param askedMs what the server asked for
 */
export function repeatDelayMs(repeat: number, askedMs = 0): number {
  const ms = repeat === 1 ? FLOOR_MS / 5 : Math.min(FLOOR_MS * 2 ** (repeat - 2), MAX_BACKOFF_MS);
  return Math.max(askedMs, ms * (1 + Math.random() / 5));
}

/**
 * How long an account is suspended, by the text of Artifactory's 403: "try again in N second(s)". Whatever it says, the wait is
 * at least a second, and twice as long each time: a server that says 0 would be asked for ever.
 * @param before how often it was waited for already
 * @returns milliseconds; null where the text names no time
 */
export function suspensionMs(text: string, before: number): number | null {
  const asked = /try again in (\d+) second/i.exec(text)?.[1];
  if (asked === undefined) return null;
  return Math.max(Number(asked) * 1000, Math.min(FLOOR_MS * 2 ** before, MAX_SUSPENSION_MS));
}
