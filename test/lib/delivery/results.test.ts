import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectResults } from '../../../lib/delivery/results.ts';
import type { Change } from '../../../lib/ledger/change.ts';
import { resultOf } from '../../support/chained-record.ts';

const LONG_MS = 60_000;
const subjects = (changes: readonly Change[]) => changes.map(change => ('subject' in change ? change.subject : ''));

function collected(waitMs: number) {
  const writes: string[][] = [];
  const results = collectResults(async changes => writes.push(subjects(changes)), waitMs);
  return { writes, add: (subject: string) => results.add(resultOf(subject, 'accepted')), flush: results.flush };
}

test('results wait for one another and become one write', async () => {
  const { writes, add, flush } = collected(LONG_MS);
  const written = [add('a'), add('b'), add('c')];
  await sleep(5);
  expect(writes).toEqual([]);
  flush();
  expect(await Promise.all(written)).toEqual([1, 1, 1]);
  expect(writes).toEqual([['a', 'b', 'c']]);
});

test('the first waits no longer than it is told to', async () => {
  const { writes, add } = collected(1);
  await Promise.all([add('a'), add('b')]);
  expect(writes).toEqual([['a', 'b']]);
});

test('what comes after a write waits for the next', async () => {
  const { writes, add, flush } = collected(LONG_MS);
  const first = add('a');
  flush();
  const second = add('b');
  await first;
  expect(writes).toEqual([['a']]);
  flush();
  await second;
  flush();
  expect(writes).toEqual([['a'], ['b']]);
});

test('a write that fails fails for all of its results, and for no others', async () => {
  let fails = true;
  const results = collectResults(async () => {
    if (fails) throw new Error('no answer');
  }, LONG_MS);
  const lost = [results.add(resultOf('a', 'accepted')), results.add(resultOf('b', 'accepted'))];
  results.flush();
  for (const one of lost) await expect(one).rejects.toThrow('no answer');
  fails = false;
  const kept = results.add(resultOf('c', 'accepted'));
  results.flush();
  await expect(kept).resolves.toBeUndefined();
});
