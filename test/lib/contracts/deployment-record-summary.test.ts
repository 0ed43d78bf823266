import { expect, test } from 'vitest';
import type { Delivery, DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { openingOf } from '../../support/chained-record.ts';
import { deploymentOf, evidenceOf } from '../../support/deployment.ts';
import { recordOf } from '../../support/export.ts';

const delivery = (step: Delivery['step'], state: Delivery['state'], reference = 'image'): Delivery => ({
  ...evidenceOf(`${reference}-${state}`),
  step,
  state,
  reference,
  owner: null,
  leaseUntil: null,
  updatedAt: '2026-11-20T10:01:00Z',
  attempts: 0,
  possibleDuplicate: false,
  httpStatus: null,
  responseId: null,
});

const recordWith = (...deliveries: Delivery[]): DeploymentRecord => ({
  schemaVersion: 'aftersync.deployment-record/v1',
  id: '0123456789abcdef',
  deployment: deploymentOf('0123456789abcdef'),
  images: [],
  deliveries,
  runs: 1,
});

test.each([
  ['nothing owed', [], { artifacts: 0, submitted: 0, state: 'complete' }],
  ['recorded, now or before', ['accepted', 'duplicate'], { artifacts: 2, submitted: 2, state: 'complete' }],
  ['owed', ['sending', 'uncertain', 'rejected', 'quarantined'], { artifacts: 4, submitted: 0, state: 'owed' }],
  ['never sent', ['planned', 'accepted'], { artifacts: 2, submitted: 1, state: 'owed' }],
  ['refused', ['rejected', 'accepted'], { artifacts: 2, submitted: 1, state: 'held' }],
  ['without metadata', ['quarantined'], { artifacts: 1, submitted: 0, state: 'held' }],
  ['not ours', ['skipped', 'accepted'], { artifacts: 1, submitted: 1, state: 'complete' }],
] as const)('%s', (_, states, expected) => {
  expect(summaryOf(recordWith(...states.map(state => delivery('submit-evidence', state))))).toEqual({
    ...expected,
    ...(states.length > 0 && { changedAt: '2026-11-20T10:01:00Z' }),
  });
});

test('images that nothing tells of are neither complete nor held', () => {
  expect(summaryOf({ ...recordWith(), artifacts: 'unknown' })).toMatchObject({ artifacts: 0, state: 'unknown' });
  expect(summaryOf({ ...recordWith(), artifacts: 'known' }).state).toBe('complete');
});

const opened = (over: Partial<DeploymentRecord> = {}) => ({ ...recordOf([openingOf('run-1')]), ...over });
test('a record that was opened and never planned is owed, unless nothing was deployed', () => {
  expect(summaryOf(opened()).state).toBe('owed');
  expect(summaryOf(opened({ artifacts: 'known' })).state).toBe('complete');
  const { deployment } = opened();
  expect(summaryOf(opened({ deployment: { ...deployment, disposition: 'skip', skipReason: 'dry-run' } })).state).toBe(
    'complete',
  );
});

test('what a person accepted after it was held back is owed again, and no other', () => {
  const acceptance = { by: 'sam', identity: null, reason: 'seen', at: '2026-11-20T11:00:00Z' };
  const accepted = (...states: Delivery['state'][]) =>
    summaryOf({ ...recordWith(...states.map(state => delivery('submit-evidence', state))), acceptances: [acceptance] });
  expect(accepted('quarantined')).toMatchObject({ state: 'owed', acceptedAt: acceptance.at });
  expect(accepted('quarantined', 'rejected').state).toBe('held');
  const late = { ...delivery('submit-evidence', 'quarantined'), updatedAt: '2026-11-20T12:00:00Z' };
  expect(summaryOf({ ...recordWith(late), acceptances: [acceptance] }).state).toBe('held');
});

test.each([
  ['is owed until it is planned', {}, [], 'owed'],
  ['recorded', {}, ['accepted'], 'complete'],
  ['without a window', {}, ['quarantined'], 'held'],
  ['of a failed sync is none', { eventStatus: 'FAILED' }, [], 'complete'],
  ['outside production is none', { production: false }, [], 'complete'],
] as const)('a release event %s', (_, over, states, expected) => {
  const record = recordWith(
    delivery('submit-evidence', 'accepted'),
    ...states.map(state => delivery('submit-release', state)),
  );
  const deployment = { ...record.deployment, production: true, ...over };
  expect(summaryOf({ ...record, deployment }).state).toBe(expected);
});

test('the last change of a delivery is the change of the record', () => {
  const late = { ...delivery('submit-evidence', 'accepted'), updatedAt: '2026-11-20T11:00:00Z' };
  expect(summaryOf(recordWith(late, delivery('submit-release', 'accepted'))).changedAt).toBe('2026-11-20T11:00:00Z');
});

test.each([
  ['accepted', { changeRequest: 'CHG0000001', state: 'complete' }],
  ['rejected', { state: 'held' }],
] as const)('a release event that is %s', (state, expected) => {
  const record = recordWith(delivery('submit-release', state, 'CHG0000001'));
  expect(summaryOf(record)).toMatchObject({ artifacts: 0, submitted: 0, ...expected });
});
