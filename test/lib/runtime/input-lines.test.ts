import { describe, expect, it } from 'vitest';
import { readInputLines } from '../../../lib/runtime/files.ts';
import { workspace } from '../../support/run-step.ts';

async function lines(text: string): Promise<string[]> {
  const place = await workspace({ text });
  const found: string[] = [];
  for await (const lines of readInputLines(place.path('text'), '--diff')) found.push(...lines);
  return found;
}

describe('readInputLines', () => {
  const long = 'é'.repeat(100_000);
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb', ['a', '', 'b']],
    ['a\r\nb\u2028c\rd\n', ['a\r', 'b\u2028c\rd']],
    [`${long}\n${long}`, [long, long]],
  ])('splits at line feeds only (%#)', async (text, expected) => {
    expect(await lines(text)).toEqual(expected);
  });

  it('names the flag of a file that cannot be read', async () => {
    const missing = readInputLines('/no/such/file', '--diff').next();
    await expect(missing).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('--diff=/no/such/file'),
    });
  });
});
