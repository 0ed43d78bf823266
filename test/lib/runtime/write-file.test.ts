import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { writeFile } from '../../../lib/runtime/write-file.ts';
import { workspace } from '../../support/run-step.ts';

test('of several writes at once the last one stays, whatever the disk does', async () => {
  const { path } = await workspace();
  const texts = Array.from({ length: 60 }, (_, index) => `${index}`.padEnd((60 - index) * 20_000, '.'));
  const file = path('state.yaml');
  await Promise.all(texts.map(text => writeFile(file, text)));
  expect((await readFile(file, 'utf8')).length).toBe(texts.at(-1)?.length);
  expect((await readdir(path('.'))).filter(name => name.endsWith('.part'))).toEqual([]);
});

test('a write that fails does not hold up the next one of the same place', async () => {
  const { path } = await workspace({ taken: 'x' });
  const nowhere = path('taken/below');
  const failed = writeFile(nowhere, 'a').catch(() => 'failed');
  const again = writeFile(nowhere, 'b').catch(() => 'failed');
  expect(await Promise.all([failed, again])).toEqual(['failed', 'failed']);
  await writeFile(path('taken'), 'y');
  expect(await readFile(path('taken'), 'utf8')).toBe('y');
});
