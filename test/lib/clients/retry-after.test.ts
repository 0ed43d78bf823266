import { expect, test } from 'vitest';
import { repeatDelayMs, retryAfterMs, suspensionMs } from '../../../lib/clients/retry-after.ts';

const hoursFromNow = (hours: number, seconds = 0): string =>
  new Date(Date.now() + hours * 3_600_000 + seconds * 1000).toUTCString();

test.each([
  ['seconds', { 'retry-after': '3' }, 3000],
  ['nothing', {}, 0],
  ['nonsense', { 'retry-after': 'soon' }, 0],
  ['a time, by a clock that is an hour ahead', { 'retry-after': hoursFromNow(1, 2), date: hoursFromNow(1) }, 2000],
  ['a time, by a clock that is an hour behind', { 'retry-after': hoursFromNow(-1, 2), date: hoursFromNow(-1) }, 2000],
  ['a time that is over', { 'retry-after': hoursFromNow(-1), date: hoursFromNow(0) }, 0],
  ['a time, by a clock that it does not tell', { 'retry-after': hoursFromNow(1) }, 0],
])('%s', (_, headers: Record<string, string>, expected) => {
  // Header times have whole seconds.
  expect(Math.abs(retryAfterMs(headers) - expected)).toBeLessThanOrEqual(expected === 0 ? 0 : 1000);
});

test.each([
  ['please try again in 0 second(s)', 0, 1000],
  ['please try again in 0 seconds', 3, 8000],
  ['try again in 7 second(s)', 1, 7000],
  ['try again in 0 seconds', 60, 30_000],
  [`try again in ${'9'.repeat(400)} seconds`, 0, Number.POSITIVE_INFINITY],
  ['Forbidden', 0, null],
  ['try again in -5 seconds', 0, null],
])('suspended: %s, after %i', (text, before, expected) => {
  expect(suspensionMs(text, before)).toBe(expected);
});

test.each([
  [1, 0, 200, 240],
  [2, 0, 1000, 1200],
  [3, 0, 2000, 2400],
  [9, 0, 5000, 6000],
  [1, 3000, 3000, 3000],
  [2, 1, 1000, 1200],
])('repeat %i where the server asked for %i ms: from %i to %i ms', (repeat, asked, least, most) => {
  for (let tried = 0; tried < 100; tried += 1) {
    expect(repeatDelayMs(repeat, asked)).toBeGreaterThanOrEqual(least);
    expect(repeatDelayMs(repeat, asked)).toBeLessThanOrEqual(most);
  }
});
