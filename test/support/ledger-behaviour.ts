import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../lib/ledger/chain.ts';
import type { Change } from '../../lib/ledger/change.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import { MAX_ENTRIES } from '../../lib/ledger/part.ts';
import type { StoredRecord } from '../../lib/ledger/stored-record.ts';
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

const resultOf = (subject: string, owner: string): Change => ({
  type: 'result',
  at,
  step: 'submit-evidence',
  subject,
  owner,
  keyHonoured: true,
  result: { state: 'accepted', httpStatus: 201, responseId: null, detail: 'recorded', attempts: 1, repeats: 0 },
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

  const storedOf = async (id: string): Promise<StoredRecord> => {
    const stored = await open().readStored(id);
    if (stored === null) throw new Error('no record');
    return stored;
  };

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

  test('a record knows the one before it of the same application, and its head then', async () => {
    const uid = `uid-${newId()}`;
    const [first, second, later, other] = [newId(), newId(), newId(), newId()];
    const { head } = await open().apply(first, [opening(first, 'run', '2026-11-20T10:00:01Z', uid)]);
    await open().apply(later, [opening(later, 'run', '2026-11-20T10:00:09Z', uid)]);
    await open().apply(other, [opening(other, 'run', '2026-11-20T10:00:02Z', `other-${uid}`)]);
    const record = await open().apply(second, [opening(second, 'run', '2026-11-20T10:00:03Z', uid)]);
    expect(record.previous).toEqual({ id: first, head });
    await open().apply(first, [opening(first, 'run-2')]);
    expect(await open().apply(second, [opening(second, 'run-2')])).toMatchObject({ previous: { id: first, head } });
  });

  test('openers of one record make one chain', async () => {
    const id = newId();
    await open().apply(id, [opening(id), plan('a', 'b', 'c')]);
    await Promise.all(
      ['a', 'b', 'c'].map(subject => open().apply(id, [claimOf(subject, subject), resultOf(subject, subject)])),
    );
    const stored = await storedOf(id);
    expect(stored.record.receipts?.map(({ state }) => state)).toEqual([
      'opened',
      ...['planned', 'planned', 'planned', 'accepted', 'accepted', 'accepted'],
    ]);
    expect(verifyChain(stored)).toEqual([]);
  });

  test('a signature is kept once', async () => {
    const id = newId();
    const envelope = {
      payload: 'e30=',
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ keyid: 'k', sig: 'cw==' }],
    };
    await open().apply(id, [opening(id), plan('a')]);
    const seal: Change = { type: 'seal', at, envelope };
    await open().apply(id, [seal]);
    expect((await open().apply(id, [seal])).seals).toEqual([{ at, envelope }]);
    expect(verifyChain(await storedOf(id))).toEqual([]);
  });

  describe('a record that is too large for one object', () => {
    const subjects = Array.from(
      { length: MAX_ENTRIES + 1 },
      (_, index) => `registry.example.com/shop/image-${index}:1`,
    );
    const isOf = (subject: string) => (delivery: { subject: string }) => delivery.subject === subject;

    test('is whole for who reads it, and its head vouches for its parts', async () => {
      const id = newId();
      const planned = await open().apply(id, [opening(id), plan(...subjects)]);
      expect(planned.parts).toBe(2);
      expect(new Set(planned.deliveries.map(({ subject }) => subject))).toEqual(new Set(subjects));
      const [first = '', second = ''] = subjects;
      await Promise.all([first, second].map(subject => open().apply(id, [claimOf(subject, 'run')])));
      const ledger = open();
      const settled = await ledger.apply(id, [resultOf(first, 'run'), resultOf(second, 'run')]);
      expect([first, second].map(subject => settled.deliveries.find(isOf(subject))?.state)).toEqual([
        'accepted',
        'accepted',
      ]);
      const before = await storedOf(id);
      expect(before.parts.map(({ deliveries }) => deliveries.length).reduce((a, b) => a + b)).toBe(subjects.length);
      expect(before.record.deliveries).toEqual([]);
      expect(verifyChain(before)).toEqual([]);
      const sealed = await ledger.apply(id, [{ type: 'seal', at }]);
      expect(sealed.head).not.toBe(before.record.head);
      expect(sealed.receipts?.slice(-2).map(({ of, state }) => [of, state])).toContainEqual(['part', 'sealed']);
      expect(verifyChain(await storedOf(id))).toEqual([]);
      expect((await ledger.apply(id, [{ type: 'seal', at }])).head).toBe(sealed.head);
      expect(await open().read(id)).toEqual(sealed);
    });

    test('is looked at for some of its deliveries, also for those that no part holds', async () => {
      const id = newId();
      const release: Change = {
        ...{ type: 'plan', at, step: 'submit-release' },
        deliveries: [{ ...evidenceOf(id), step: 'submit-release' }],
      };
      const ledger = open();
      await ledger.apply(id, [opening(id), plan(...subjects), release]);
      const [first = '', second = ''] = subjects;
      await open().apply(id, [claimOf(first, 'other')]);
      const wanted = [first, second].map(subject => ({ step: 'submit-evidence' as const, subject }));
      expect(stateOf(await ledger.look(id, wanted))).toEqual({ [first]: 'sending by other', [second]: 'planned' });
      expect(stateOf(await ledger.look(id, [{ step: 'submit-release', subject: id }]))).toEqual({ [id]: 'planned' });
    });

    test('owes nothing twice where only a later run knows the digest', async () => {
      const id = newId();
      const nothing = { body: null, bodySha256: null, idempotencyKey: null, state: 'quarantined' } as const;
      const planOf = (digest: string, unsent: object): Change => ({
        ...{ type: 'plan', at, step: 'submit-evidence', images: [] },
        deliveries: subjects.map(subject => ({
          ...evidenceOf(subject),
          ...unsent,
          subject: digest === '' ? subject : subject.replace(':1', digest),
        })),
      });
      await open().apply(id, [opening(id), planOf('', nothing)]);
      const digest = `@sha256:${'1'.repeat(64)}`;
      const record = await open().apply(id, [opening(id, 'run-2'), planOf(digest, {})]);
      expect(record.deliveries.length).toBe(subjects.length);
      expect(record.deliveries.every(({ subject, state }) => subject.endsWith(digest) && state === 'planned')).toBe(
        true,
      );
      expect(verifyChain(await storedOf(id))).toEqual([]);
    });

    test('is planned once by two runs at the same moment, and each delivery claimed by one', async () => {
      const id = newId();
      await Promise.all(['1', '2'].map(run => open().apply(id, [opening(id, run), plan(...subjects)])));
      const claims = (owner: string) => subjects.slice(0, 20).map(subject => claimOf(subject, owner));
      await Promise.all(['1', '2'].map(owner => open().apply(id, claims(owner))));
      const record = await open().read(id);
      expect(record?.deliveries.length).toBe(subjects.length);
      expect(record?.deliveries.filter(({ state }) => state === 'sending').length).toBe(20);
      expect(verifyChain(await storedOf(id))).toEqual([]);
    });
  });

  test('a change of a record that nobody opened is refused, and leaves nothing', async () => {
    const id = newId();
    await expect(open().apply(id, [claimOf('a', 'run')])).rejects.toThrow('No such record');
    expect(await open().read(id)).toBeNull();
    await expect(open().apply(id, [claimOf('a', 'run')])).rejects.toThrow('No such record');
    expect((await open().apply(id, [opening(id), plan('a')])).runs).toBe(1);
  });

  test('before: earlier operations of the same application, the newest first', async () => {
    const uid = `uid-${newId()}`;
    const [second, first, third, other] = [newId(), newId(), newId(), newId()];
    const ledger = open();
    await ledger.apply(second, [opening(second, 'run', '2026-11-20T10:00:02Z', uid)]);
    await ledger.apply(first, [opening(first, 'run', '2026-11-20T10:00:01Z', uid)]);
    await ledger.apply(third, [opening(third, 'run', '2026-11-20T10:00:03Z', uid)]);
    await ledger.apply(other, [opening(other, 'run', '2026-11-20T10:00:01Z', `other-${uid}`)]);
    const found: string[] = [];
    for await (const { id } of open().before({ instance: 'default', uid }, '2026-11-20T10:00:03Z')) found.push(id);
    expect(found).toEqual([second, first]);
  });
}
