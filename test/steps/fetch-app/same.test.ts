import { expect, it } from 'vitest';
import { isSame } from '../../../steps/fetch-app/same.ts';

const nested = (levels: number, inside: unknown) => {
  let value = inside;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? { a: value } : [value];
  return value;
};

it.each<[string, unknown, unknown, boolean]>([
  ['texts', 'a', 'a', true],
  ['a number and its text', 1, '1', false],
  ['keys in another order', { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, true],
  ['items in another order', [1, 2], [2, 1], false],
  ['a key that is undefined and one that is not there', { a: undefined }, {}, true],
  ['a key that is null and one that is not there', { a: null }, {}, false],
  ['other keys', { a: 1 }, { b: 1 }, false],
  ['one key less', { a: 1, b: 2 }, { a: 1 }, false],
  ['a list and an object', ['a'], { 0: 'a' }, false],
  ['null and an object', null, {}, false],
  ['an inherited key', { toString: 1 }, { a: 1 }, false],
  ['9 999 levels', nested(9_999, 1), nested(9_999, 1), true],
  ['9 999 levels that end otherwise', nested(9_999, 1), nested(9_999, 2), false],
])('%s', (_, one, other, expected) => {
  expect(isSame(one, other)).toBe(expected);
  expect(isSame(other, one)).toBe(expected);
});
