import { randomBytes } from 'node:crypto';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { workspace } from '../../support/run-step.ts';

const newId = () => randomBytes(8).toString('hex');
const at = '2026-11-20T10:01:00Z';

/** A directory with a record of each application, and how to open a further one of the first. */
async function situation() {
  const { directory } = await workspace();
  const record = async (uid: string, startedAt: string) => {
    const id = newId();
    const deployment = deploymentOf(id, startedAt, uid);
    const written = await openDirectoryLedger(directory).apply(id, [{ type: 'open', at, run: 'run', deployment }]);
    return { id, previous: written.previous?.id ?? null };
  };
  const first = await record('mine', '2026-11-20T10:00:00Z');
  const other = await record('other', '2026-11-20T10:00:00Z');
  await record('third', '2026-11-20T10:00:00Z');
  return { index: join(directory, 'applications.jsonl'), journal: join(directory, `${other.id}.jsonl`), first, record };
}

test('a record is opened without reading those of other applications', async () => {
  const { index, journal, first, record } = await situation();
  expect(await readFile(index, 'utf8')).toContain('"uid":"other"');
  await writeFile(journal, 'not a journal\n');
  expect((await record('mine', '2026-11-20T11:00:00Z')).previous).toBe(first.id);
});

test.each([
  ['is gone', (index: string) => rm(index)],
  ['was torn', async (index: string) => writeFile(index, (await readFile(index, 'utf8')).slice(0, 40))],
  [
    'names what is not there',
    (index: string) =>
      appendFile(index, `{"id":"${newId()}","startedAt":"2026-11-20T10:30:00Z","instance":"default","uid":"mine"}\n`),
  ],
])('an index that %s changes no answer', async (_, spoil) => {
  const { index, first, record } = await situation();
  await spoil(index);
  const second = await record('mine', '2026-11-20T11:00:00Z');
  expect(second.previous).toBe(first.id);
  expect((await record('mine', '2026-11-20T12:00:00Z')).previous).toBe(second.id);
});
