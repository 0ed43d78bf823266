import { expect, it } from 'vitest';
import { rowsOf } from '../../bench/script.ts';

it.each([
  ['reached', 'submit | 3.2 s | latency 3.1 s | 1.03', 1.1, { ratio: 1.03, target: '<= 1.1 x', holds: true }],
  ['missed', 'submit | 6.2 s | latency 3.1 s | 2.00', 1.1, { ratio: 2, holds: false }],
  ['without a target', 'growth | 41 ms | 40 ms | 1.02', null, { ratio: 1.02, target: '', holds: null }],
  ['skipped', 'submit | skipped: no cluster | |', 1.1, { ours: 'skipped: no cluster', ratio: null, holds: null }],
])('reads a line of a program: %s', (_, line, target, row) => {
  expect(rowsOf(line, target)).toEqual([expect.objectContaining(row)]);
});

it('leaves remarks out', () => expect(rowsOf('  rounds 3.2 s/3.1 s; 900 ms of processor time', 1.1)).toEqual([]));
