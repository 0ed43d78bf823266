/** `1 image`, `3 images`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `2026-11-20T22:04:11Z` as a person reads it. What is no such time comes back as it is. */
export const readableTime = (time: string): string =>
  time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');

/** The time between two instants in seconds or minutes; null where one is not known. */
export function duration(from: string, to: string | null): string | null {
  const seconds = to === null ? Number.NaN : (Date.parse(to) - Date.parse(from)) / 1000;
  if (!Number.isFinite(seconds) || seconds < 0) return null;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
