import { describe, expect, it } from 'vitest';
import { DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { canonicalSha256 } from '../../../lib/ledger/canonical.ts';
import { chainedSince, hashOf, headsKnownBy, verifyChain } from '../../../lib/ledger/chain.ts';
import { applyChange } from '../../../lib/ledger/record.ts';
import { claimOf, ID, LIFE, openingOf, planOf, resultOf, subjectOf } from '../../support/chained-record.ts';
import { type Leaf, leavesOf, TRIED, withLeaf } from '../../support/leaves.ts';

const fold = (...changes: Parameters<typeof applyChange>[1][]): DeploymentRecord =>
  DeploymentRecord.parse(changes.reduce<DeploymentRecord | null>(applyChange, null));
const verify = (record: DeploymentRecord) => verifyChain({ record, parts: [] });
const record = fold(...LIFE);
const receipts = record.receipts ?? [];

describe('canonicalSha256', () => {
  it('is the SHA-256 of RFC 8785, whatever the order of the keys', () => {
    // printf '{"a":[1,"ü"],"b":null}' | sha256sum
    const expected = '0315e7da7dad15415af50795b6eea22b22929c6804ff4aad3ebbc45ace4a1aa7';
    expect(canonicalSha256({ b: null, a: [1, 'ü'] })).toBe(expected);
  });
  it('is of half a character what it is of what an API server makes of it', () => {
    expect(canonicalSha256({ detail: 'cut \ud83d' })).toBe(canonicalSha256({ detail: 'cut \ufffd' }));
    expect(canonicalSha256('\\ud83d is written out')).not.toBe(canonicalSha256('\\ufffd is written out'));
  });
});

describe('an acceptance', () => {
  const accepting = {
    type: 'accept',
    by: 'sam',
    identity: 'oidc:sam',
    reason: 'seen',
    at: '2026-11-20T12:00:00Z',
  } as const;
  const accepted = fold(...LIFE, accepting, { ...accepting, by: 'kim' });
  it('has a receipt of its own', () => {
    expect(accepted.receipts?.slice(-2).map(({ of, subject, state }) => [of, subject, state])).toEqual([
      ['acceptance', 'sam', 'accepted'],
      ['acceptance', 'kim', 'accepted'],
    ]);
    expect(verify(accepted)).toEqual([]);
  });
  const [first, second] = accepted.acceptances ?? [];
  it.each([
    ['is changed', [first, { ...second, reason: 'another' }], 'status.acceptances[1]'],
    ['is removed', [first], 'status.acceptances[1]'],
    ['is added', [first, second, first], 'status.acceptances[2]'],
  ])('that %s is named', (_, acceptances, path) => {
    const altered = { ...accepted, acceptances } as DeploymentRecord;
    expect(verify(altered)).toEqual([expect.objectContaining({ path })]);
  });
});

describe('a chain', () => {
  it('holds one receipt for each thing that happened, and none for a claim', () => {
    expect(
      receipts.map(({ of, subject, state }) => [of, subject?.replace(/^.*shop\/|@.*$/g, '') ?? null, state]),
    ).toEqual([
      ['deployment', 'run-1', 'opened'],
      ['images', null, 'known'],
      ['delivery', 'api', 'planned'],
      ['delivery', 'web', 'planned'],
      ['delivery', 'job', 'planned'],
      ['delivery', 'api', 'accepted'],
      ['delivery', 'web', 'rejected'],
      ['deployment', 'run-2', 'resumed'],
    ]);
  });
  it('links each receipt to the one before it, and ends with the head', () => {
    expect(receipts.map(({ previous }) => previous)).toEqual([null, ...receipts.slice(0, -1).map(hashOf)]);
    expect(record.head).toBe(hashOf(receipts.at(-1) as (typeof receipts)[0]));
    expect(receipts.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
  it('begins with what was deployed and the head of the record before', () => {
    const { id, deployment, previous } = record;
    expect(previous).toEqual({ id: '0123456789abcdef', head: 'd'.repeat(64) });
    expect(receipts[0]?.sha256).toBe(canonicalSha256({ id, deployment, previous }));
  });
  it('holds', () => {
    expect(verify(record)).toEqual([]);
    expect(chainedSince({ record, parts: [] })).toEqual({ at: '2026-11-20T10:01:00.000Z', adopted: false });
  });
  it('is not made longer by a plan that says nothing new', () => {
    expect(applyChange(record, planOf('api', 'web', 'job'))?.receipts).toEqual(receipts);
    const quarantined = fold(openingOf('run-1'), planOf());
    expect(applyChange(quarantined, planOf())).toBe(quarantined);
  });
  it.each([
    ['is being sent', [claimOf(subjectOf('job'))]],
    [
      'was left by a killed run and taken over',
      [claimOf(subjectOf('job')), claimOf(subjectOf('job'), 'b', { at: '2026-11-20T11:00:00Z' })],
    ],
    [
      'may be recorded twice',
      [claimOf(subjectOf('job')), claimOf(subjectOf('job'), 'b', { at: '2026-11-20T11:00:00Z', keyHonoured: false })],
    ],
    ['is in doubt', [claimOf(subjectOf('job')), resultOf(subjectOf('job'), 'uncertain')]],
    ['is sent again', [claimOf(subjectOf('job')), resultOf(subjectOf('job'), 'uncertain'), claimOf(subjectOf('job'))]],
  ])('holds while a delivery %s', (_, changes) => {
    expect(verify(fold(...LIFE, ...changes))).toEqual([]);
  });
  it('has no receipt of an attempt that brought nothing, and one of each state that a delivery comes back to', () => {
    const job = subjectOf('job');
    const attempt = (state: 'planned' | 'uncertain' | 'rejected', detail: string) => [
      planOf('api', 'web', 'job'),
      claimOf(job),
      {
        ...resultOf(job, 'uncertain'),
        result: { state, httpStatus: 503, responseId: detail, detail, attempts: 1, repeats: 0 },
      },
    ];
    const nothing = fold(...LIFE, ...attempt('planned', 'a'), ...attempt('planned', 'b'));
    expect(nothing.receipts).toEqual(receipts);
    expect(nothing.deliveries[2]).toMatchObject({ attempts: 2, detail: 'b', httpStatus: 503, responseId: null });
    const once = [...attempt('uncertain', 'c'), ...attempt('rejected', 'd')];
    const back = fold(...LIFE, ...once);
    expect(back.receipts?.slice(receipts.length).map(({ state }) => state)).toEqual(['uncertain', 'rejected']);
    const often = fold(...LIFE, ...once, ...once, ...once, ...attempt('uncertain', 'e'));
    expect(often.receipts).toEqual(back.receipts);
    expect(verify(often)).toEqual([]);
  });
  it('holds where a delivery is owed, not owed, and owed again in one moment', () => {
    const none = { ...planOf(), artifacts: 'known' } as const;
    const flips = fold(openingOf('run-1'), planOf('job'), none, planOf('job'), none);
    expect(flips.receipts?.filter(({ of }) => of === 'delivery').map(({ state }) => state)).toEqual([
      ...['planned', 'skipped', 'planned', 'skipped'],
    ]);
    expect(verify(flips)).toEqual([]);
  });
  it('holds where a delivery goes on under another subject', () => {
    const tagged = subjectOf('web').replace(/@.*/, ':1.0.0');
    const plan = planOf('web') as Extract<Parameters<typeof applyChange>[1], { type: 'plan' }>;
    const deliveries = plan.deliveries.map(delivery => ({ ...delivery, reference: 'web:1.0.0' }));
    const nothing = {
      body: null,
      bodySha256: null,
      idempotencyKey: null,
      state: 'quarantined',
      subject: tagged,
    } as const;
    const first = { ...plan, deliveries: deliveries.map(delivery => ({ ...delivery, ...nothing })) };
    const renamed = fold(openingOf('run-1'), first, { ...plan, deliveries });
    expect(renamed.deliveries.map(({ subject }) => subject)).toEqual([subjectOf('web')]);
    expect(verify(renamed)).toEqual([]);
  });
});

describe('what was changed in a record', () => {
  const leaves = leavesOf(record).filter(({ path }) => path !== 'schemaVersion' && !TRIED.test(path));
  const placeOf = (path: string): RegExp => {
    if (/^(id|deployment|previous)\b/.test(path)) return /^spec\.deployment$/;
    const delivery = /^deliveries\[\d+\]/.exec(path)?.[0];
    if (delivery !== undefined)
      return /\.(step|subject)$/.test(path)
        ? /^status\.deliveries/
        : new RegExp(`^status\\.${delivery.replace(/[[\]]/g, '\\$&')}`);
    if (path.startsWith('receipts')) return /^status\.(receipts|head)/;
    return new RegExp(`^status\\.${/^\w+/.exec(path)?.[0]}`);
  };
  it('has many leaves', () => expect(leaves.length).toBeGreaterThan(150));
  it.each(leaves.map(leaf => [leaf.path, leaf] as [string, Leaf]))('is named: %s', (path, leaf) => {
    const findings = verify(withLeaf(record, leaf));
    expect(findings.map(finding => finding.record)).toContain(path === 'id' ? '5f2d8c0a1b3e4976x' : ID);
    expect(findings[0]?.path).toMatch(placeOf(path));
  });
  it.each(receipts.map(({ sequence }) => sequence))('is named where receipt %i was removed', sequence => {
    const without = { ...record, receipts: receipts.filter(receipt => receipt.sequence !== sequence) };
    expect(verify(without).length).toBeGreaterThan(0);
  });
  it('is named where the last receipt was removed and the head written anew', () => {
    const shorter = receipts.slice(0, -2);
    const found = verify({
      ...record,
      receipts: shorter,
      head: hashOf(shorter.at(-1) as (typeof receipts)[0]),
      runs: 1,
      openedBy: ['run-1'],
    });
    expect(found).toMatchObject([{ path: 'status.deliveries[1].state' }]);
  });
  it('is named where it was brought back to an earlier state as a whole, by a head that is known', () => {
    const earlier = fold(...LIFE.slice(0, -1));
    expect(verify(earlier)).toEqual([]);
    const known = [{ head: record.head ?? '', from: '--head' }];
    expect(verifyChain({ record: earlier, parts: [] }, known)).toMatchObject([
      { path: 'status.receipts', what: expect.stringContaining('--head') },
    ]);
    expect(verifyChain({ record, parts: [] }, [{ head: earlier.head ?? '', from: '--head' }])).toEqual([]);
  });
  it('is named by the next record', () => {
    const next = fold(openingOf('run-9', { id: ID, head: record.head ?? '' }));
    const known = headsKnownBy(next).get(ID);
    expect(verifyChain({ record, parts: [] }, known && [known])).toEqual([]);
    const other = fold(...LIFE.slice(0, -2));
    expect(verifyChain({ record: other, parts: [] }, known && [known])).toHaveLength(1);
  });
  it.each(['planned', 'accepted', 'skipped', 'rejected'] as const)(
    'is named where what is in doubt is said to be %s',
    state => {
      const doubtful = fold(...LIFE, claimOf(subjectOf('job')), resultOf(subjectOf('job'), 'uncertain'));
      const deliveries = doubtful.deliveries.map(one => (one.state === 'uncertain' ? { ...one, state } : one));
      expect(verify({ ...doubtful, deliveries })).toMatchObject([{ path: 'status.deliveries[2].state' }]);
    },
  );
  it('is named where deliveries were removed or doubled', () => {
    const [first, ...others] = record.deliveries;
    expect(verify({ ...record, deliveries: others })).toMatchObject([{ what: expect.stringContaining('was removed') }]);
    expect(verify({ ...record, deliveries: [first as (typeof others)[0], ...record.deliveries] }).length).toBe(1);
  });
});
