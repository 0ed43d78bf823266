import { expect, test } from 'vitest';
import type { Change } from '../../lib/ledger/change.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import { deploymentOf, evidenceOf, stateOf } from './deployment.ts';

const at = '2026-11-20T10:01:00Z';
const claimOf = (subject: string, owner: string): Change => ({
  type: 'claim',
  at,
  step: 'submit-evidence',
  subject,
  owner,
  leaseUntil: '2026-11-20T10:02:00Z',
  keyHonoured: true,
});

/**
 * What every store does.
 * @param open a further opener of the same records, as another pod would be
 * @param newId an operation id that no other test uses
 */
export function describeLedger(open: () => Ledger, newId: () => string): void {
  const opening = (id: string, run = 'run-1', startedAt?: string, uid?: string): Change => ({
    type: 'open',
    at,
    run,
    deployment: deploymentOf(id, startedAt, uid),
  });
  const plan = (...subjects: string[]): Change => ({
    type: 'plan',
    at,
    step: 'submit-evidence',
    images: [],
    deliveries: subjects.map(evidenceOf),
  });

  test('a record that nobody opened is not there', async () => {
    expect(await open().read(newId())).toBeNull();
  });

  test('what one opener wrote, another reads, null and empty as they were', async () => {
    const id = newId();
    const written = await open().apply(id, [opening(id), plan('a', 'b')]);
    expect(written.deployment).toEqual(deploymentOf(id));
    expect(stateOf(written.deliveries)).toEqual({ a: 'planned', b: 'planned' });
    expect(await open().read(id)).toEqual(written);
  });

  test('of many openers that claim the same delivery, one wins', async () => {
    const id = newId();
    await open().apply(id, [opening(id), plan('a')]);
    const owners = ['1', '2', '3', '4', '5', '6'];
    const seen = await Promise.all(owners.map(owner => open().apply(id, [claimOf('a', owner)])));
    const [winner] = new Set(seen.map(record => record.deliveries[0]?.owner));
    expect(seen.map(record => record.deliveries[0]?.owner)).toEqual(owners.map(() => winner));
  });

  test('changes of many openers to different deliveries are all kept', async () => {
    const id = newId();
    const subjects = ['a', 'b', 'c', 'd', 'e', 'f'];
    await open().apply(id, [opening(id), plan(...subjects)]);
    await Promise.all(subjects.map(subject => open().apply(id, [claimOf(subject, `owner-${subject}`)])));
    const record = await open().read(id);
    expect(stateOf(record?.deliveries ?? [])).toEqual(
      Object.fromEntries(subjects.map(subject => [subject, `sending by owner-${subject}`])),
    );
  });

  test('openers of the same record at the same moment make one record, and each counts as a run', async () => {
    const id = newId();
    await Promise.all(['1', '2', '3'].map(run => open().apply(id, [opening(id, run), plan('a')])));
    const record = await open().read(id);
    expect(record?.runs).toBe(3);
    expect(stateOf(record?.deliveries ?? [])).toEqual({ a: 'planned' });
  });

  test('before: earlier operations of the same application, the newest first', async () => {
    const uid = `uid-${newId()}`;
    const [second, first, third, other] = [newId(), newId(), newId(), newId()];
    const ledger = open();
    await ledger.apply(second, [opening(second, 'run', '2026-11-20T10:00:02Z', uid)]);
    await ledger.apply(first, [opening(first, 'run', '2026-11-20T10:00:01Z', uid)]);
    await ledger.apply(third, [opening(third, 'run', '2026-11-20T10:00:03Z', uid)]);
    await ledger.apply(other, [opening(other, 'run', '2026-11-20T10:00:01Z', `other-${uid}`)]);
    const found = await open().before({ instance: 'default', uid }, '2026-11-20T10:00:03Z');
    expect(found.map(record => record.id)).toEqual([second, first]);
  });
}
