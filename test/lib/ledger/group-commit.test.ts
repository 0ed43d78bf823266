import { expect, test } from 'vitest';
import type { DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { groupCommit } from '../../../lib/ledger/group-commit.ts';
import type { Change } from '../../../lib/ledger/ledger.ts';

const claim = (subject: string): Change => ({
  type: 'claim',
  at: '2026-01-01T00:00:00Z',
  step: 'submit-evidence',
  subject,
  owner: 'run',
  leaseUntil: '2026-01-01T00:01:00Z',
  keyHonoured: true,
});

/** A store whose writes end only when they are told to. */
function slowStore() {
  const writes: { id: string; subjects: string[]; end: (error?: Error) => void }[] = [];
  const apply = groupCommit((id, changes) => {
    const subjects = changes.map(change => ('subject' in change ? change.subject : change.type));
    return new Promise<DeploymentRecord>((resolve, reject) => {
      const end = (error?: Error) => (error ? reject(error) : resolve({ id, runs: writes.length } as DeploymentRecord));
      writes.push({ id, subjects, end });
    });
  });
  return { apply, writes };
}
const aMoment = () => new Promise(resolve => setImmediate(resolve));

test('changes that arrive during a write become one next write, in their order', async () => {
  const { apply, writes } = slowStore();
  const first = apply('a', [claim('1')]);
  await aMoment();
  const later = [apply('a', [claim('2')]), apply('a', [claim('3'), claim('4')])];
  await aMoment();
  expect(writes.map(write => write.subjects)).toEqual([['1']]);
  writes[0]?.end();
  await first;
  await aMoment();
  expect(writes.map(write => write.subjects)).toEqual([['1'], ['2', '3', '4']]);
  writes[1]?.end();
  expect((await Promise.all(later)).map(record => record.runs)).toEqual([2, 2]);
});

test('another record does not wait', async () => {
  const { apply, writes } = slowStore();
  const both = [apply('a', [claim('1')]), apply('b', [claim('2')])];
  await aMoment();
  expect(writes.map(write => write.id)).toEqual(['a', 'b']);
  for (const write of writes) write.end();
  await Promise.all(both);
});

test('a write that fails fails for those that waited for it, and for nobody after them', async () => {
  const { apply, writes } = slowStore();
  const first = apply('a', [claim('1')]);
  await aMoment();
  const second = apply('a', [claim('2')]);
  writes[0]?.end(new Error('no answer'));
  await expect(first).rejects.toThrow('no answer');
  await aMoment();
  writes[1]?.end();
  await expect(second).resolves.toMatchObject({ id: 'a' });
  expect(writes.map(write => write.subjects)).toEqual([['1'], ['2']]);
});
