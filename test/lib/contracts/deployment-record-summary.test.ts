import { expect, test } from 'vitest';
import type { Delivery, DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { deploymentOf, evidenceOf } from '../../support/deployment.ts';

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
  ['nothing owed', [], { artifacts: 0, submitted: 0 }],
  ['recorded, now or before', ['accepted', 'duplicate'], { artifacts: 2, submitted: 2 }],
  ['owed', ['planned', 'sending', 'uncertain', 'rejected', 'quarantined'], { artifacts: 5, submitted: 0 }],
  ['not ours', ['skipped', 'accepted'], { artifacts: 1, submitted: 1 }],
] as const)('%s', (_, states, expected) => {
  expect(summaryOf(recordWith(...states.map(state => delivery('submit-evidence', state))))).toEqual(expected);
});

test.each([
  ['accepted', { changeRequest: 'CHG0000001' }],
  ['rejected', {}],
] as const)('a release event that is %s', (state, expected) => {
  const record = recordWith(delivery('submit-release', state, 'CHG0000001'));
  expect(summaryOf(record)).toEqual({ artifacts: 0, submitted: 0, ...expected });
});
