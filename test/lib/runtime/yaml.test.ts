import { describe, expect, it } from 'vitest';
import { readYaml, readYamlDocuments } from '../../../lib/runtime/yaml.ts';

const read = (text: string) => readYamlDocuments(text, '--live=x', 'give YAML');

describe('readYamlDocuments', () => {
  it.each<[string, string, unknown[]]>([
    ['documents by their numbers, empty ones too', '---\n---\na: 1\n', [null, { a: 1 }]],
    ['JSON', '{"a": [1]}', [{ a: [1] }]],
    ['JSON objects one after the other', '{"a": 1}\n---\n{"b": 2}', [{ a: 1 }, { b: 2 }]],
    ['merge keys and repeated keys', 'x: &x {a: 1}\ny: {<<: *x, b: 1, b: 2}', [{ x: { a: 1 }, y: { a: 1, b: 2 } }]],
    ['a quoted text that goes on in a line of its own column', 'a:\n  b: "c\n  d"\n', [{ a: { b: 'c d' } }]],
    ['and in one of less', "a:\n  b: 'c\n d'\n  e: f\n", [{ a: { b: 'c d', e: 'f' } }]],
    ['and in a list of a list', '- - "a\n\n  b"\n  - c', [[['a\nb', 'c']]]],
    ['joined files with byte order marks', '\uFEFFa: 1\n---\n\uFEFFb: 2', [{ a: 1 }, { b: 2 }]],
    ['nothing', '', []],
  ])('reads %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('takes as many aliases as a chart repeats', () => {
    const value = read(`a: &a {b: 1}\nc: [${'*a,'.repeat(20_000)}]`)[0] as { c: unknown[] };
    expect(value.c).toHaveLength(20_000);
    expect(value.c[19_999]).toEqual({ b: 1 });
  });

  const thousand = (text: string) => text.repeat(1000);
  it.each<[string, string, string]>([
    ['what is cut', 'a: 1\n---\nb: 2\nc: "d\n', 'document 2, line 5: Missing closing "quote'],
    ['JSON that is cut', '{"a": ', 'document 1, line 1: '],
    ['a bomb of aliases', `a: &a [${thousand('x,')}]\nb: &b [${thousand('*a,')}]\nc: [*b]`, 'aliases repeat more than'],
    [
      'a bomb of merge keys',
      `a: &a {${Array.from({ length: 1500 }, (_, index) => `k${index}: 1`).join()}}\nb:\n${thousand('- {<<: *a}\n')}`,
      'aliases repeat more than',
    ],
    ['an alias in what it repeats', 'a: &a {b: [*a]}', 'an alias stands in what it repeats'],
    ['an alias of nothing', 'a: *b', 'document 1: Unresolved alias'],
    ['deep lists', 'a: '.concat('['.repeat(100_000)), 'document 1, line 1: it is nested more than 500 levels deep'],
    ['deep maps', Array.from({ length: 600 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), 'more than 500 levels'],
    [
      'deep JSON',
      '['.repeat(100_000).concat(']'.repeat(100_000)),
      'document 1: it is nested more than 500 levels deep',
    ],
    [
      'depth by aliases',
      `a0: &a0 ${'['.repeat(300)}${']'.repeat(300)}\na1: ${'['.repeat(300)}*a0${']'.repeat(300)}`,
      '500',
    ],
  ])('refuses %s', (_, text, reason) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/^Neither YAML nor JSON: --live=x, /) }),
    );
    expect(() => read(text)).toThrow(reason);
  });

  it('does not repeat the text in its reason', () => {
    expect(() => read('password: "hunter2" "hunter3"')).toThrow(expect.not.stringContaining('hunter'));
  });
});

describe('readYaml', () => {
  it('reads one document, and refuses several', () => {
    expect(readYaml('---\n---\na: 1', 'x', 'give one')).toEqual({ a: 1 });
    expect(readYaml('# none', 'x', 'give one')).toBeNull();
    expect(() => readYaml('a: 1\n---\nb: 2', 'x', 'give one')).toThrow('Not one document: x: 2; give one');
  });
});
