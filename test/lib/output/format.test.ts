import type { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { PROGRAMS } from '../../../bin/programs.ts';
import { type Format, printAs } from '../../../lib/output/format.ts';
import { styled } from '../../../lib/output/print.ts';
import { registerSecret } from '../../../lib/runtime/redact.ts';

async function printed(format: Format | undefined, names: string[] = ['a', 'b']): Promise<string[]> {
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  await printAs(format, { text: () => 'text', names: () => names, document: () => ({ of: [1, 'hunter2-secret'] }) });
  const lines = write.mock.calls.map(([chunk]) => String(chunk));
  write.mockRestore();
  return lines;
}

describe('what is printed', () => {
  it.each<[Format | undefined, string]>([
    [undefined, 'text\n'],
    ['name', 'a\nb\n'],
    ['json', '{\n  "of": [\n    1,\n    "***"\n  ]\n}\n'],
    ['yaml', 'of:\n  - 1\n  - ***\n'],
  ])('is, as %s, %j', async (format, text) => {
    registerSecret('hunter2-secret');
    expect(await printed(format)).toEqual([text]);
  });

  it('is nothing, not an empty line, where there is no name', async () => {
    expect(await printed('name', [])).toEqual([]);
  });
});

describe('what cannot be seen', () => {
  const HOSTILE = 'a\u009b31m\u202eb\u200fc\u{e0041}\u007f\u2028d\te\nf';
  const value = { of: HOSTILE, lines: 'a\n\u202eb\n', [HOSTILE]: ['tab\tonly'] };
  const views = { text: () => '', names: () => [HOSTILE, 'x'], document: () => value };
  const output = async (format: Format) => {
    const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    await printAs(format, views);
    const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
    write.mockRestore();
    return text;
  };

  it.each([
    ['json', (text: string): unknown => JSON.parse(text)],
    ['yaml', (text: string): unknown => parseYaml(text)],
  ] as const)('is escaped in %s, and the document is the same', async (format, parse) => {
    const text = await output(format);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(parse(text)).toEqual(value);
  });

  it('is a blank in a name', async () => {
    expect(await output('name')).toBe('a 31m b c d e f\nx\n');
  });
});

describe('every command that prints a list or an object', () => {
  const COMMANDS = [
    ...['alerts accept', 'alerts list', 'doctor', 'explain', 'reconcile', 'records list', 'records show'],
    ...['render', 'replay', 'verify'],
  ];
  const withOutput = async () => {
    const found: Record<string, readonly string[] | undefined> = {};
    const visit = (command: Command, name: string) => {
      const option = command.options.find(({ long }) => long === '--output');
      if (option !== undefined) found[name] = option.argChoices;
      for (const inner of command.commands) visit(inner, `${name} ${inner.name()}`);
    };
    for (const [name, { load }] of Object.entries(PROGRAMS)) visit((await load()).createProgram(), name);
    return found;
  };

  it('has --output, with json, yaml and name', async () => {
    const found = await withOutput();
    expect(Object.keys(found).sort()).toEqual(COMMANDS);
    for (const choices of Object.values(found)) expect(choices?.slice(0, 3)).toEqual(['json', 'yaml', 'name']);
  });
});

describe('colours', () => {
  const { isTTY } = process.stdout;
  const { NO_COLOR: before } = process.env;
  afterEach(() => {
    process.stdout.isTTY = isTTY;
    process.env.NO_COLOR = before ?? '';
  });

  it.each([
    [true, '', true],
    [true, '1', false],
    [false, '', false],
  ])('on a terminal (%s) with NO_COLOR=%j: %s', (terminal, noColor, coloured) => {
    process.stdout.isTTY = terminal;
    process.env.NO_COLOR = noColor;
    expect(styled('red', 'x') !== 'x').toBe(coloured);
  });
});
