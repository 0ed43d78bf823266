import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../lib/ledger/chain.ts';
import type { Change } from '../../../lib/ledger/change.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { openLedger } from '../../../lib/ledger/open.ts';
import { deploymentOf, evidenceOf, stateOf } from '../../support/deployment.ts';
import { workspace } from '../../support/run-step.ts';

const newId = () => randomBytes(8).toString('hex');
const at = '2026-11-20T10:01:00Z';
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const openOf = (id: string): Change => ({ type: 'open', at, run: 'run', deployment: deploymentOf(id) });
const planOf = (...subjects: string[]): Change => ({
  type: 'plan',
  at,
  step: 'submit-evidence',
  deliveries: subjects.map(evidenceOf),
});

describe('journal', () => {
  async function written(...subjects: string[]) {
    const { directory } = await workspace();
    const id = newId();
    const ledger = openDirectoryLedger(directory);
    await ledger.apply(id, [openOf(id), planOf(...subjects)]);
    return { id, directory, ledger, path: join(directory, `${id}.jsonl`) };
  }
  const statesIn = async (directory: string, id: string) =>
    stateOf((await openDirectoryLedger(directory).read(id))?.deliveries ?? []);

  it('passes over what a killed run left behind, at any length, and keeps what comes after', async () => {
    const { id, directory, path } = await written('a');
    const whole = (await readFile(path, 'utf8')).replace('"subject":"a"', '"subject":"torn"');
    for (let length = 1; length < whole.length - 1; length += Math.ceil(whole.length / 25)) {
      const before = await readFile(path, 'utf8');
      await appendFile(path, whole.slice(0, length));
      expect(await statesIn(directory, id)).toEqual({ a: 'planned' });
      await openDirectoryLedger(directory).apply(id, [planOf('b')]);
      expect(await statesIn(directory, id)).toEqual({ a: 'planned', b: 'planned' });
      await writeFile(path, before);
    }
  });

  it('vouches in each entry for those before it, and once sealed for all', async () => {
    const { id, ledger, directory, path } = await written('a', 'b');
    const claim: Change = {
      type: 'claim',
      at,
      step: 'submit-evidence',
      subject: 'a',
      owner: 'me',
      leaseUntil: at,
      keyHonoured: true,
    };
    const result = {
      state: 'accepted',
      httpStatus: 201,
      responseId: 'x',
      detail: 'recorded',
      attempts: 1,
      repeats: 0,
    } as const;
    await ledger.apply(id, [claim]);
    await ledger.apply(id, [
      { type: 'result', at, step: 'submit-evidence', subject: 'a', owner: 'me', keyHonoured: true, result },
    ]);
    await ledger.apply(id, [{ type: 'seal', at }]);
    const findings = async () => {
      const stored = await openDirectoryLedger(directory).readStored(id);
      return stored === null ? null : verifyChain(stored).map(({ what }) => what);
    };
    expect(await findings()).toEqual([]);
    const whole = await readFile(path, 'utf8');
    await ledger.apply(id, [{ type: 'seal', at }]);
    expect(await readFile(path, 'utf8')).toBe(whole);
    for (const [before, after] of [
      ['"httpStatus":201', '"httpStatus":299'],
      ['"state":"accepted"', '"state":"duplicate"'],
      ['guestbook', 'guestbooks'],
      ['"subject":"b"', '"subject":"c"'],
    ] as const) {
      await writeFile(path, whole.replaceAll(before, after));
      expect(await findings(), before).toContainEqual(expect.stringMatching(/^line \d+ of it knows the head/));
    }
  });

  it('that stays open sees what others wrote, whatever they left torn', async () => {
    const { id, ledger, directory, path } = await written('a');
    await appendFile(path, '\n{"schemaVersion":"after');
    expect(stateOf((await ledger.read(id))?.deliveries ?? [])).toEqual({ a: 'planned' });
    await openDirectoryLedger(directory).apply(id, [planOf('b')]);
    expect(stateOf((await ledger.apply(id, [planOf('c')])).deliveries)).toEqual({
      a: 'planned',
      b: 'planned',
      c: 'planned',
    });
  });

  it.each([
    ['not JSON', '\nnonsense\n', /jsonl:4: not JSON/],
    ['not a journal entry', '\n{"schemaVersion":"aftersync.journal/v9","changes":[]}\n', /jsonl:4: schemaVersion/],
  ])('that holds a whole line that is %s is refused by file and line', async (_, line, expected) => {
    const { id, directory, path } = await written('a');
    await appendFile(path, line);
    await expect(openDirectoryLedger(directory).read(id)).rejects.toThrow(expected);
    await expect(openDirectoryLedger(directory).read(id)).rejects.toMatchObject({ exitCode: 1 });
  });

  it('that became shorter is refused', async () => {
    const { id, ledger, path } = await written('a');
    await writeFile(path, '');
    await expect(ledger.read(id)).rejects.toThrow(/shorter than before/);
  });

  it('is written once for changes that come together', async () => {
    const { id, ledger, path } = await written('a');
    const entries = async () => (await readFile(path, 'utf8')).split('\n').filter(line => line !== '').length;
    const before = await entries();
    await Promise.all(['b', 'c', 'd', 'e'].map(subject => ledger.apply(id, [planOf(subject)])));
    expect(await entries()).toBe(before + 1);
  });

  it('gives every delivery to one of several processes that claim all of them', async () => {
    const subjects = Array.from({ length: 40 }, (_, index) => `image-${index}`);
    const { id, directory } = await written(...subjects);
    const claimer = join(import.meta.dirname, '../../support/claim-all.ts');
    const run = promisify(execFile);
    const claimed = await Promise.all(
      ['one', 'two', 'three'].map(async owner => {
        const { stdout } = await run(process.execPath, ['--import', 'tsx', claimer, directory, id, owner]);
        return JSON.parse(stdout) as string[];
      }),
    );
    expect(claimed.flat().sort()).toEqual([...subjects].sort());
  });
});

describe('openLedger with a directory', () => {
  it.each(['../../etc/passwd', 'AAAABBBBCCCCDDDD', '', 'aaaabbbbccccdddd/x'])('refuses the id %j', async id => {
    const { directory } = await workspace();
    await expect(openLedger(directory).read(id)).rejects.toMatchObject({ exitCode: 2 });
    await expect(openLedger(directory).apply(id, [])).rejects.toMatchObject({ exitCode: 2 });
  });
  it('refuses a file in the place of the directory', async () => {
    const { path } = await workspace({ records: 'a file' });
    const id = newId();
    await expect(openLedger(path('records')).apply(id, [openOf(id)])).rejects.toMatchObject({ exitCode: 2 });
    await expect(all(openLedger(path('records')).before({ instance: 'default', uid: 'u' }, at))).rejects.toMatchObject({
      exitCode: 2,
    });
  });
  it('leaves no journal of a record that nobody opened', async () => {
    const { directory } = await workspace();
    await expect(openLedger(directory).apply(newId(), [planOf('a')])).rejects.toThrow('No such record');
    expect(await readdir(directory)).toEqual([]);
  });
  it('finds nothing before the first record', async () => {
    const { path } = await workspace();
    expect(await all(openLedger(path('records')).before({ instance: 'default', uid: 'u' }, at))).toEqual([]);
  });
  it.skipIf(process.getuid?.() === 0)('refuses a directory that it may not write', async () => {
    const { path } = await workspace();
    await mkdir(path('records'));
    await chmod(path('records'), 0o500);
    const id = newId();
    await expect(openLedger(path('records')).apply(id, [openOf(id)])).rejects.toMatchObject({ exitCode: 2 });
  });
});
