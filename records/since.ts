import { badInput } from '../lib/runtime/failure.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * @param text a time (2026-11-20, 2026-11-20T10:00:00Z) or how long ago (90m, 12h, 30d)
 * @returns milliseconds since 1970
 * @throws Failure 2
 */
export function parseSince(text: string, nowMs: number): number {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * UNITS[unit as keyof typeof UNITS];
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw badInput('Not a time', `--since=${text}`, 'say 2026-11-20, 2026-11-20T10:00:00Z, 12h or 30d');
  return time;
}
