import { describe, expect, it } from 'vitest';
import { oneLine, withLines, withoutUserinfo } from '../../../lib/runtime/outside-text.ts';

describe('one line', () => {
  it.each([
    ['as it is', 'as it is', 'as it is'],
    ['ends of lines', 'line\r\nbreak\u2028and\u2029more\u0085too', 'line break and more too'],
    ['control characters', 'nul\u0000and\u001b[31mcolour\u009b31m', 'nul and [31mcolour 31m'],
    ['edges', '  edge \n\t', 'edge'],
    ['what turns the direction', 'a\u202egpj.exe\u2069 \u061cb\u200fc', 'a gpj.exe b c'],
    ['what is not seen', 'pay\u200bments\u00ad \u{e0041}\u{e0042}x\u3164y', 'pay ments x y'],
    ['halves of characters', 'a\ud83db\udc00c', 'a b c'],
    ['letters of every script', 'größe 取引 \u{1f680}', 'größe 取引 \u{1f680}'],
    ['a template tag', '{{workflow.name}} {{=1+1}}', '{ {workflow.name} } { {=1+1} }'],
    ['one in another', '{{{= {a: 7*6}}}', '{ { {= {a: 7*6} } }'],
    ['one that something hides', '{\u200b{=1}\u0000}', '{ {=1} }'],
  ])('keeps %s in order', (_, text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('leaves no template tag in any text of braces and what hides them', () => {
    const letters = ['{', '}', '=', '\u200b', '\n', ' ', 'a'];
    const texts = letters.flatMap(a => letters.flatMap(b => letters.flatMap(c => letters.map(d => a + b + c + d))));
    for (const text of texts) expect(oneLine(text + text)).not.toMatch(/\{\{|\}\}/);
  });

  it('is bounded, and never half of a character', () => {
    expect(oneLine('x'.repeat(10_000))).toHaveLength(1500);
    expect(oneLine('0123456789abcdefghij', { maxLength: 16 })).toBe('0123456789abcde…');
    expect(oneLine('0123456789abcd\u{1f600}xy', { maxLength: 16 })).toBe('0123456789abcd…');
  });

  it('says the same of what it said', () => {
    const text = 'a\u202e{{{x}}} https://u:p@h/ \u{e0041}\nb';
    expect(oneLine(oneLine(text))).toBe(oneLine(text));
  });
});

it('lines stay, and nothing else that is not seen', () => {
  expect(withLines('a {{b\n\u202ec\u001b https://u:p@h\n')).toBe('a {{b\n c  https://h\n');
});

describe('credentials in a URL', () => {
  it.each([
    ['https://deploy-bot:glpat-1@git.example.net/a.git', 'https://git.example.net/a.git'],
    ['of https://TOKEN@host/x and http://u:@h:8080', 'of https://host/x and http://h:8080'],
    ['https://user:p@ss:w@rd@host/x@y', 'https://host/x@y'],
    ['"https://u:p@h","mail":"bob@example.com"', '"https://h","mail":"bob@example.com"'],
    ['https:\\/\\/u:p@h\\/x', 'https:\\/\\/h\\/x'],
    ['?repo=https%3A%2F%2Fu%3Apw%40h%2Fx%40y', '?repo=https%3A%2F%2Fh%2Fx%40y'],
    ['https://u:p%40w@h', 'https://h'],
    ['ssh://git:pw@host/x', 'ssh://host/x'],
    ['redis://:pw@host', 'redis://host'],
    ['https://user:p/w@host/x', 'https://host/x'],
    ['it was cut: https://user:glpat-Xy12', 'it was cut: https://***'],
    ['https://host/a?access_token=abc&x=1', 'https://host/a?access_token=***&x=1'],
    ['https://host/a?sig=abc&private_token=d', 'https://host/a?sig=***&private_token=***'],
  ])('goes out of %s', (text, expected) => {
    expect(withoutUserinfo(text)).toBe(expected);
    expect(oneLine(text)).toBe(expected);
  });

  it.each([
    'ssh://git@host/x',
    'git@github.com:a/b',
    'https://host/a@b',
    'https://host:8443/a@b',
    'it was https://host:8443',
    'https://host?page_token_kind=x',
    'https://host?mail=a@b',
    'https://host, bob@example.com',
    'docker-pullable://nginx@sha256:0000',
    'registry.example.com/a@sha256:0000',
  ])('is none in %s', text => {
    expect(withoutUserinfo(text)).toBe(text);
  });
});

it('costs no more than the length of the text', () => {
  const texts = [
    '://',
    '://a',
    ':\\/',
    'a',
    '{',
    '\\',
    '&amp;',
    '%25',
    '\u202e',
    '@',
    'ssh',
    '://a:b',
    '?',
    '?token=',
    '://x:/',
  ];
  const took = texts.map(text => {
    const started = performance.now();
    oneLine(text.repeat(1_000_000 / text.length));
    return performance.now() - started;
  });
  // Quadratic would be minutes.
  expect(Math.max(...took)).toBeLessThan(10_000);
});
