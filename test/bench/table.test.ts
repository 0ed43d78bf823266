import { describe, expect, it } from 'vitest';
import { compared } from '../../bench/support/rows.ts';
import { mebibytes, milliseconds, toTable } from '../../bench/table.ts';

const taken = (ms: number, mib: number) => ({ ms, cpuMs: ms / 2, mib });

describe('the table', () => {
  it('shows a verdict, and none where nothing is to be reached', () => {
    const row = { what: 'start', ours: '90 ms', reference: '40 ms', ratio: 2.25, target: '<= 2.5 x', holds: true };
    const open = { what: 'cost', ours: '3 ms', reference: '', ratio: null, target: '', holds: null };
    expect(toTable([row, { ...row, ratio: 3, holds: false }, open])).toBe(
      [
        '| figure | ours  | reference | ratio | target   |             |',
        '| ------ | ----- | --------- | ----- | -------- | ----------- |',
        '| start  | 90 ms | 40 ms     | 2.25  | <= 2.5 x | reached     |',
        '| start  | 90 ms | 40 ms     | 3.00  | <= 2.5 x | NOT reached |',
        '| cost   | 3 ms  |           |       |          |             |',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [412.4, '412 ms'],
    [61_234, '61.2 s'],
  ])('writes %d milliseconds as %s', (ms, text) => expect(milliseconds(ms)).toBe(text));
  it('writes small sizes with their fraction', () =>
    expect([mebibytes(2.018), mebibytes(87.6)]).toEqual(['2.02 MiB', '88 MiB']));
});

describe('a comparison', () => {
  it.each([
    ['reached', [taken(90, 70), taken(110, 72)], { ratio: 2.5, mib: 80 }, 2, true],
    ['missed by time', [taken(130, 70)], { ratio: 2.5, mib: 80 }, 2.6, false],
    ['missed by memory', [taken(90, 81)], { ratio: 2.5, mib: 80 }, 1.8, false],
    ['without a limit of memory', [taken(90, 900)], { ratio: 2.5 }, 1.8, true],
  ])('%s', (_, ours, target, ratio, holds) => {
    const row = compared('start', [ours, [taken(50, 40), taken(50, 40)]], target);
    expect(row).toMatchObject({ ratio: expect.closeTo(ratio, 5), holds });
  });
});
