import { describe, expect, it } from 'vitest';
import type { Delivery, DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import type { DeployedImage } from '../../../lib/contracts/image-diff.ts';
import type { Change, DeliveryResult, PlannedDelivery } from '../../../lib/ledger/change.ts';
import { applyChange } from '../../../lib/ledger/record.ts';
import { deploymentOf, evidenceOf } from '../../support/deployment.ts';

const ID = 'aaaabbbbccccdddd';
const DIGEST = `sha256:${'1'.repeat(64)}`;
const open = (run = 'run-1'): Change => ({
  type: 'open',
  at: '2026-11-20T10:00:00Z',
  run,
  deployment: deploymentOf(ID),
});
const plan = (...deliveries: PlannedDelivery[]): Change => ({
  type: 'plan',
  at: '2026-11-20T10:00:01Z',
  step: 'submit-evidence',
  deliveries,
});
const planned = (over: Partial<PlannedDelivery> = {}): PlannedDelivery => ({ ...evidenceOf('r.io/a:1'), ...over });
const claim = (owner: string, over: { at?: string; leaseUntil?: string; keyHonoured?: boolean } = {}): Change => ({
  type: 'claim',
  step: 'submit-evidence',
  subject: 'r.io/a:1',
  owner,
  at: over.at ?? '2026-11-20T10:01:00Z',
  leaseUntil: over.leaseUntil ?? '2026-11-20T10:02:00Z',
  keyHonoured: over.keyHonoured ?? true,
});
const result = (owner: string, over: Partial<DeliveryResult> = {}, keyHonoured = true): Change => ({
  type: 'result',
  at: '2026-11-20T10:01:01Z',
  step: 'submit-evidence',
  subject: 'r.io/a:1',
  owner,
  keyHonoured,
  result: {
    state: 'accepted',
    httpStatus: 201,
    responseId: 'jet-1',
    detail: 'recorded',
    attempts: 1,
    repeats: 0,
    ...over,
  },
});
const fold = (...changes: Change[]): DeploymentRecord => {
  const record = changes.reduce<DeploymentRecord | null>(applyChange, null);
  if (record === null) throw new Error('no record');
  return record;
};
const only = (record: DeploymentRecord): Delivery => {
  expect(record.deliveries).toHaveLength(1);
  return record.deliveries[0] as Delivery;
};

/** One delivery, brought into a state by what a run would have done. */
const histories: Record<Delivery['state'], Change[]> = {
  planned: [plan(planned())],
  sending: [plan(planned()), claim('first')],
  uncertain: [plan(planned()), claim('first'), result('first', { state: 'uncertain' })],
  accepted: [plan(planned()), claim('first'), result('first')],
  duplicate: [plan(planned()), claim('first'), result('first', { state: 'duplicate' })],
  rejected: [plan(planned()), claim('first'), result('first', { state: 'rejected', httpStatus: 422 })],
  quarantined: [plan(planned({ state: 'quarantined', body: null, bodySha256: null, idempotencyKey: null }))],
  skipped: [plan(planned({ state: 'skipped', body: null, bodySha256: null, idempotencyKey: null }))],
};
const states = Object.keys(histories) as Delivery['state'][];

describe('open', () => {
  it('keeps the deployment of the first', () => {
    const later = { ...open('run-2'), deployment: deploymentOf(ID, '2027-01-01T00:00:00Z') } as Change;
    expect(fold(open(), later).deployment).toEqual(deploymentOf(ID));
  });
  it('counts each run once', () => {
    expect(fold(open(), open('run-2'), open(), open('run-2')).runs).toBe(2);
  });
  it.each([plan(planned()), claim('first'), result('first')])('comes before $type', change => {
    expect(applyChange(null, change)).toBeNull();
  });
});

describe('plan', () => {
  it.each(states)('of a delivery that is %s', state => {
    const before = fold(open(), ...histories[state]);
    const mended = planned({ body: '{"mended":true}', bodySha256: 'b'.repeat(64), idempotencyKey: 'other-key' });
    const after = only(applyChange(before, plan(mended)) as DeploymentRecord);
    const expected = {
      quarantined: { state: 'planned', body: '{"mended":true}', idempotencyKey: 'other-key' },
      skipped: { state: 'planned', body: '{"mended":true}', idempotencyKey: 'other-key' },
      rejected: { state: 'planned', body: '{"mended":true}', idempotencyKey: 'key-r.io/a:1', attempts: 1 },
    }[state as string] ?? { ...only(before) };
    expect(after).toMatchObject(expected);
  });
  it.each([
    ['planned', 'skipped'],
    ['quarantined', 'skipped'],
    ['rejected', 'skipped'],
    ['skipped', 'skipped'],
    ['uncertain', 'uncertain'],
    ['sending', 'sending'],
    ['accepted', 'accepted'],
    ['duplicate', 'duplicate'],
  ] as const)('of the whole truth that leaves out what is %s: %s', (state, expected) => {
    const before = fold(open(), ...histories[state]);
    const nothing = { ...plan(), artifacts: 'known' } as Change;
    const after = only(applyChange(before, nothing) as DeploymentRecord);
    expect(after.state).toBe(expected);
    if (expected === 'skipped' && state !== 'skipped') expect(after.detail).toBe('no longer owed');
    const unknown = { ...plan(), artifacts: 'unknown' } as Change;
    expect(only(applyChange(before, unknown) as DeploymentRecord)).toEqual(only(before));
    const release = { ...nothing, step: 'submit-release' } as Change;
    expect(only(applyChange(before, release) as DeploymentRecord)).toEqual(only(before));
  });
  it('owes again what an earlier one did not, under the key that it was sent with', () => {
    const whole = (...deliveries: PlannedDelivery[]) => ({ ...plan(...deliveries), artifacts: 'known' }) as Change;
    const again = whole(planned({ idempotencyKey: 'other-key', body: '{"mended":true}' }));
    expect(only(fold(open(), ...histories.planned, whole(), again))).toMatchObject({
      state: 'planned',
      idempotencyKey: 'other-key',
      attempts: 0,
    });
    const third = planned({ state: 'skipped', body: null, bodySha256: null, idempotencyKey: null, detail: 'not ours' });
    for (const between of [[whole()], [whole(third)], [whole(), whole(third)]])
      expect(only(fold(open(), ...histories.rejected, ...between, again))).toMatchObject({
        ...{ state: 'planned', body: '{"mended":true}', idempotencyKey: 'key-r.io/a:1', attempts: 1 },
      });
  });
  it('that says of what was never sent that it is not ours, ends it', () => {
    const skipped = planned({
      state: 'skipped',
      body: null,
      bodySha256: null,
      idempotencyKey: null,
      detail: 'not ours',
    });
    expect(only(fold(open(), ...histories.planned, plan(skipped)))).toMatchObject({
      state: 'skipped',
      detail: 'not ours',
    });
    expect(only(fold(open(), ...histories.uncertain, plan(skipped))).state).toBe('uncertain');
  });
  it('that cannot be complete leaves a rejection as it is', () => {
    const rejected = fold(open(), ...histories.rejected);
    const incomplete = planned({ state: 'quarantined', body: null });
    expect(applyChange(rejected, plan(incomplete))).toEqual(rejected);
  });
  it('of a subject that stands twice in it owes one record', () => {
    expect(only(fold(open(), plan(planned(), planned()))).subject).toBe('r.io/a:1');
  });

  const tagged = planned();
  const resolved = planned({ subject: `r.io/a@${DIGEST}`, reference: tagged.reference });
  it.each([
    ['without the digest first', tagged, resolved, ['r.io/a:1']],
    ['with the digest first', resolved, tagged, [`r.io/a@${DIGEST}`]],
    ['two digests', resolved, { ...resolved, subject: `r.io/a@sha256:${'2'.repeat(64)}` }, 2],
    ['another reference', tagged, { ...resolved, reference: 'r.io/a:2' }, 2],
    ['another repository', tagged, { ...resolved, subject: `r.io/b@${DIGEST}` }, 2],
    ['a registry with a port', { ...tagged, subject: 'r:5000/a:1' }, { ...resolved, subject: `r:5000/a@${DIGEST}` }, 1],
  ])('matches what may be the same image: %s', (_, first, second, expected) => {
    const subjects = fold(open(), plan(first), plan(second)).deliveries.map(({ subject }) => subject);
    if (typeof expected === 'number') expect(subjects).toHaveLength(expected);
    else expect(subjects).toEqual(expected);
  });
  it('gives an entry without a digest to one of two that have one', () => {
    const other = { ...resolved, subject: `r.io/a@sha256:${'2'.repeat(64)}` };
    const subjects = fold(open(), plan(tagged), plan(resolved, other)).deliveries.map(({ subject }) => subject);
    expect(subjects).toEqual(['r.io/a:1', other.subject]);
  });
  it('takes the key of the subject that it takes over while nothing was sent', () => {
    const [quarantine] = histories.quarantined;
    const after = only(fold(open(), quarantine as Change, plan({ ...resolved, idempotencyKey: 'by-digest' })));
    expect(after).toMatchObject({ subject: `r.io/a@${DIGEST}`, idempotencyKey: 'by-digest', state: 'planned' });
  });
  it('does not lose a digest that an earlier run knew', () => {
    const image = { reference: 'r.io/a:1', digest: DIGEST } as DeployedImage;
    const withImages = (images: DeployedImage[]) => ({ ...plan(), images }) as Change;
    expect(fold(open(), withImages([image]), withImages([{ ...image, digest: null }])).images).toEqual([image]);
  });
});

describe('claim', () => {
  it.each(states)('of a delivery that is %s', state => {
    const before = fold(open(), ...histories[state]);
    const after = only(applyChange(before, claim('second')) as DeploymentRecord);
    const claimable = state === 'planned' || state === 'uncertain';
    expect(after.owner === 'second' && after.state === 'sending').toBe(claimable);
    if (!claimable) expect(after).toEqual(only(before));
  });
  it.each([
    ['before it ends', '2026-11-20T10:01:59.999Z', 'first'],
    ['when it ends', '2026-11-20T10:02:00.000Z', 'second'],
  ])('of what somebody sends, %s', (_, at, owner) => {
    expect(only(fold(open(), ...histories.sending, claim('second', { at }))).owner).toBe(owner);
  });
  const late = '2026-11-20T10:03:00Z';
  it.each([
    ['planned', true, false],
    ['planned', false, false],
    ['uncertain', true, false],
    ['uncertain', false, true],
    ['sending', true, false],
    ['sending', false, true],
  ] as const)('of %s, key honoured %s: possibly a duplicate %s', (state, keyHonoured, expected) => {
    const record = fold(open(), ...histories[state], claim('second', { at: late, keyHonoured }));
    expect(only(record)).toMatchObject({ owner: 'second', possibleDuplicate: expected });
  });
  it.each([
    ['planned', 'second'],
    ['uncertain', null],
    ['sending', 'first'],
  ] as const)('with the plan, of what nobody began to send: %s, then of %s', (state, owner) => {
    const unsent = { ...claim('second', { at: late }), unsent: true } as Change;
    expect(only(fold(open(), ...histories[state], unsent)).owner).toBe(owner);
  });
  it('names where it is posted now', () => {
    const moved = { ...claim('first'), target: 'https://new.example.com' } as Change;
    expect(only(fold(open(), ...histories.planned, moved)).target).toBe('https://new.example.com');
  });
});

describe('result', () => {
  it('ends the ownership and adds up the attempts', () => {
    const twice = [claim('second'), result('second', { attempts: 2 })];
    expect(only(fold(open(), ...histories.uncertain, ...twice))).toMatchObject({
      state: 'accepted',
      owner: null,
      leaseUntil: null,
      attempts: 3,
      httpStatus: 201,
      responseId: 'jet-1',
      detail: 'recorded',
    });
  });
  it.each([
    ['what was never sent', histories.planned, 'planned'],
    ['what is in doubt', histories.uncertain, 'uncertain'],
    ['what a killed run may have sent', histories.sending, 'uncertain'],
    [
      'what is in doubt, and was given back more than once',
      [...histories.uncertain, claim('other'), result('other', { state: 'planned', attempts: 0 })],
      'uncertain',
    ],
  ] as const)('that says nothing of %s leaves it %s', (_, history, expected) => {
    const late = { at: '2026-11-20T10:03:00Z', leaseUntil: '2026-11-20T10:04:00Z' };
    const unanswered = result('second', { state: 'planned', httpStatus: 503, responseId: null });
    const after = only(fold(open(), ...history, claim('second', late), unanswered));
    expect(after).toMatchObject({ state: expected, owner: null, leaseUntil: null });
    expect(after.inDoubt).toBeUndefined();
  });
  it('of somebody who is not the owner changes nothing', () => {
    const sending = fold(open(), ...histories.sending);
    expect(applyChange(sending, result('second'))).toEqual(sending);
  });
  it('of an owner that was replaced changes nothing', () => {
    const taken = fold(open(), ...histories.sending, claim('second', { at: '2026-11-20T10:03:00Z' }));
    expect(applyChange(taken, result('first'))).toEqual(taken);
  });
  it.each([
    [0, false, false],
    [1, false, true],
    [1, true, false],
  ])('with %i repeats, key honoured %s: possibly a duplicate %s', (repeats, keyHonoured, expected) => {
    const record = fold(open(), ...histories.sending, result('first', { repeats }, keyHonoured));
    expect(only(record).possibleDuplicate).toBe(expected);
  });
});
