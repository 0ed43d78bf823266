import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readInput, readInputLines } from '../../../lib/runtime/files.ts';
import { workspace } from '../../support/run-step.ts';

const TEXT = '{"a": "é"}\nb\n';
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const utf16 = Buffer.from(TEXT, 'utf16le');
const utf32 = Buffer.from([...TEXT].flatMap(char => [char.codePointAt(0) ?? 0, 0, 0, 0]));

async function inFile(bytes: Buffer) {
  const path = (await workspace()).path('file');
  await writeFile(path, bytes);
  return path;
}

async function linesOf(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const lines of readInputLines(path, '--diff')) found.push(...lines);
  return found;
}

describe('the encoding of an input file', () => {
  it.each([
    ['with a byte order mark', `\uFEFF${TEXT}`],
    ['without one', TEXT],
  ])('is UTF-8 %s', async (_, text) => {
    const path = await inFile(Buffer.from(text));
    expect(await readInput(path, '--live')).toBe(TEXT);
    expect(await linesOf(path)).toEqual(['{"a": "é"}', 'b']);
  });

  it.each<[string, Buffer, string]>([
    ['UTF-16 as PowerShell writes it', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'it is UTF-16'],
    ['UTF-16, big-endian', swapped(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])), 'it is UTF-16'],
    ['UTF-16 without a mark', utf16, 'it is UTF-16'],
    ['UTF-16, big-endian, without a mark', swapped(utf16), 'it is UTF-16'],
    ['UTF-32', Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), utf32]), 'it is UTF-32'],
    ['UTF-32 without a mark', utf32, 'it is UTF-32'],
  ])('is named where it is %s', async (_, bytes, why) => {
    const path = await inFile(bytes);
    const message = expect.stringMatching(new RegExp(`^Not UTF-8: --\\w+=${path}: ${why}; save it as UTF-8`));
    await expect(readInput(path, '--live')).rejects.toMatchObject({ exitCode: 2, message });
    await expect(linesOf(path)).rejects.toMatchObject({ exitCode: 2, message });
  });

  it('may not be another one of eight bits', async () => {
    const path = await inFile(Buffer.from('a: café', 'latin1'));
    await expect(readInput(path, '--live')).rejects.toMatchObject({ message: expect.stringContaining('not UTF-8') });
  });
});
