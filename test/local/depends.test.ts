import { describe, expect, it } from 'vitest';
import { type Phase, parseDepends } from '../../local/depends.ts';

const holds = (text: string, phases: Record<string, Phase>) =>
  parseDepends(text, 'test').holds(task => phases[task] ?? 'Omitted');

describe('parseDepends', () => {
  it.each<[string, Record<string, Phase>, boolean]>([
    ['a', { a: 'Succeeded' }, true],
    ['a', { a: 'Skipped' }, true],
    ['a', { a: 'Failed' }, false],
    ['a', { a: 'Error' }, false],
    ['a', { a: 'Omitted' }, false],
    ['a.Succeeded', { a: 'Skipped' }, false],
    ['a.Failed', { a: 'Failed' }, true],
    ['a.Failed', { a: 'Error' }, false],
    ['a.Errored', { a: 'Error' }, true],
    ['a.Omitted', { a: 'Omitted' }, true],
    ['a.AnySucceeded', { a: 'Succeeded' }, false],
    ['a.AllFailed', { a: 'Failed' }, false],
    ['a.Daemoned', { a: 'Succeeded' }, false],
    ['jfrog-lookup.Succeeded || jfrog-lookup.Failed', { 'jfrog-lookup': 'Failed' }, true],
    ['jfrog-lookup.Succeeded || jfrog-lookup.Failed', { 'jfrog-lookup': 'Error' }, false],
    ['a || b && c', { a: 'Succeeded', b: 'Failed', c: 'Failed' }, true],
    ['(a || b) && c', { a: 'Succeeded', b: 'Failed', c: 'Failed' }, false],
    ['!a.Failed', { a: 'Succeeded' }, true],
    ['!(a || b)', { a: 'Failed', b: 'Failed' }, true],
    ['a&&!b', { a: 'Succeeded', b: 'Failed' }, true],
  ])('%s with %o is %s', (text, phases, expected) => {
    expect(holds(text, phases)).toBe(expected);
  });

  it('names the tasks it waits for, once each', () => {
    expect(parseDepends('a-1.Failed || (b && a-1)', 'test').tasks).toEqual(['a-1', 'b']);
  });

  it.each(['', 'a &&', 'a b', '(a', 'a)', 'a | b', 'a.', '&& a', 'a == b'])('refuses %j', text => {
    expect(() => parseDepends(text, 'task x')).toThrow(/Not a depends expression: task x/);
  });

  it('refuses a result that Argo Workflows does not know', () => {
    expect(() => parseDepends('a.Suceeded', 'task x')).toThrow(/Unknown task result: task x: a\.Suceeded/);
  });
});
