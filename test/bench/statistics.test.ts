import { describe, expect, it } from 'vitest';
import { inTurn, median, pairedRatio } from '../../bench/statistics.ts';

describe('median', () => {
  it.each([
    ['of an odd number', [9, 1, 5], 5],
    ['of an even number', [4, 1, 3, 2], 2.5],
    ['of one', [7], 7],
    ['leaves the order as it was', [2, 10, 1], 2],
  ])('%s', (_, values, expected) => {
    const before = [...values];
    expect(median(values)).toBe(expected);
    expect(values).toEqual(before);
  });

  it('of nothing is no number', () => expect(median([])).toBeNaN());
});

describe('pairedRatio', () => {
  it('is not misled by a machine that is slow for a while', () => {
    expect(pairedRatio([20, 200, 22], [10, 100, 10])).toBe(2);
  });
});

describe('inTurn', () => {
  it('measures in turn and leaves the first round out', async () => {
    const order: string[] = [];
    let count = 0;
    const measure = (name: string) => async () => {
      order.push(name);
      count += 1;
      return count;
    };
    const measured = await inTurn(2, { ours: measure('ours'), reference: measure('reference') });
    expect(order).toEqual(['ours', 'reference', 'ours', 'reference', 'ours', 'reference']);
    expect(measured).toEqual({ ours: [3, 5], reference: [4, 6] });
  });
});
