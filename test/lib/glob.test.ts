import { describe, expect, it } from 'vitest';
import { globMatches } from '../../lib/glob.ts';

describe('globMatches', () => {
  it.each([
    ['*', '', true],
    ['*', 'argocd/checkout', true],
    ['', '', true],
    ['', 'a', false],
    ['argocd/checkout', 'argocd/checkout', true],
    ['argocd/checkout', 'argocd/checkout-2', false],
    ['argocd/*', 'argocd/checkout', true],
    ['argocd/*', 'argocd', false],
    ['*/checkout', 'argocd/checkout', true],
    ['*-prod', 'argocd/checkout-prod', true],
    ['*-prod', 'argocd/checkout-production', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a*b*c', 'ac', false],
    ['aa*aa', 'aaa', false],
    ['a*ab', 'aab', true],
    ['*aa*a', 'aa', false],
    ['**', 'x', true],
    ['docker.io', 'dockerxio', false],
    ['shop+1', 'shopp1', false],
    ['[ab]', 'a', false],
    ['a?', 'ab', false],
    ['A*', 'abc', false],
  ])('%j over %j is %s', (pattern, text, expected) => {
    expect(globMatches(pattern, text)).toBe(expected);
  });

  it('answers at once where a backtracking matcher would not', () => {
    expect(globMatches(`${'a*'.repeat(200)}b`, 'a'.repeat(20_000))).toBe(false);
  });
});
