import { describe, expect, it } from 'vitest';
import type { Delivery, DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { decide, type RecordSeen, type WorkflowsSeen } from '../../../steps/reconcile/decide.ts';
import { aDeployment } from '../../support/evidence.ts';
import { operation } from './situation.ts';

const NOW = '2026-11-20T12:00:00Z';
const limits = { now: NOW, since: '2026-11-01T00:00:00Z', graceSeconds: 120 };
const ended = operation('2026-11-20T10:00:00Z', { finishedAt: '2026-11-20T10:00:05Z' });
const record = (state: RecordSeen['state'], over: Partial<RecordSeen> = {}): RecordSeen => ({
  state,
  runs: 1,
  changedAt: '2026-11-20T10:01:00Z',
  acceptedAt: null,
  succeeded: true,
  ...over,
});
const workflows = (over: Partial<WorkflowsSeen> = {}): WorkflowsSeen => ({
  running: false,
  attempts: 1,
  latestAt: '2026-11-20T10:00:10Z',
  latest: 'web-0123456789abcdef',
  ...over,
});
const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();

/** start and resume with the end of the name, leave with the reason. */
const outcome = (...[op, rec, flows]: [Parameters<typeof decide>[0], RecordSeen | null, WorkflowsSeen | null]) => {
  const decision = decide(op, rec, flows, limits);
  return decision.action === 'leave' ? decision.reason : decision.workflow.replace(`web-${op.id}`, decision.action);
};

describe('an operation', () => {
  it.each([
    ['without record and Workflow', ended, null, null, 'start'],
    ['that has just finished', operation(ago(1), { finishedAt: ago(1) }), null, null, 'just-finished'],
    ['at the end of the grace', operation(ago(2), { finishedAt: ago(2) }), null, null, 'start'],
    ['whose end is not known', operation(ago(1), { finishedAt: null }), null, null, 'just-finished'],
    ['from before the date', operation('2026-10-31T23:59:59Z'), null, null, 'too-old'],
    ['from before the date, incomplete', operation('2026-10-31T23:59:59Z'), record('owed'), null, 'too-old'],
    ['of the date', operation('2026-11-01T00:00:00Z'), null, null, 'start'],
    ['whose record is complete', ended, record('complete'), null, 'complete'],
    [
      'whose record is complete while a Workflow runs',
      ended,
      record('complete'),
      workflows({ running: true }),
      'complete',
    ],
    ['whose Workflow runs', ended, null, workflows({ running: true }), 'in-progress'],
    ['whose resume runs', ended, record('owed'), workflows({ running: true, attempts: 2 }), 'in-progress'],
    [
      'that just finished and whose Workflow failed',
      operation(ago(1)),
      null,
      workflows({ latestAt: ago(1) }),
      'waiting',
    ],
    ['created, and its run ended', ended, record('open', { runs: 0, changedAt: null }), null, 'start'],
    ['created, and its Workflow failed', ended, record('open', { runs: 0, changedAt: null }), workflows(), 'resume-r1'],
    ['with something owed', ended, record('owed'), null, 'resume-r1'],
    ['with something owed a moment ago', ended, record('owed', { changedAt: ago(4) }), null, 'waiting'],
    ['rejected', ended, record('held'), null, 'resume-r1'],
    ['failed, images unknown', ended, record('unknown', { succeeded: false }), null, 'unknowable'],
    ['succeeded, images unknown since yesterday', ended, record('unknown', { changedAt: ago(1441) }), null, 'waiting'],
    [
      'succeeded, images unknown for longer',
      operation('2026-11-18T10:00:00Z'),
      record('unknown', { changedAt: null }),
      null,
      'resume-r1',
    ],
    ['whose Workflow failed before a record was opened', ended, null, workflows(), 'resume-r1'],
    ['the same, seen twice', ended, null, workflows({ attempts: 2 }), 'resume-r2'],
    [
      'with more runs than Workflows left',
      ended,
      record('owed', { runs: 3, changedAt: ago(500) }),
      workflows(),
      'resume-r3',
    ],
    [
      'with more Workflows than runs',
      operation('2026-11-18T10:00:00Z'),
      record('held', { changedAt: ago(3000) }),
      workflows({ attempts: 4, latestAt: ago(1500) }),
      'resume-r4',
    ],
  ] as const)('%s', (_, op, rec, flows, expected) => {
    expect(outcome(op, rec, flows)).toBe(expected);
  });
});

/** Minutes after which the next attempt follows. */
describe('what a person accepted', () => {
  const acceptedAt = ago(1);
  it('is tried at the next run, however often it was tried before', () => {
    expect(outcome(ended, record('owed', { runs: 5, acceptedAt }), workflows({ attempts: 5 }))).toBe('resume-r5');
  });
  it('waits as always once a run has begun since', () => {
    const begun = workflows({ attempts: 5, latestAt: ago(0.5) });
    expect(outcome(ended, record('owed', { runs: 5, acceptedAt }), begun)).toBe('waiting');
    expect(outcome(ended, record('owed', { runs: 5, acceptedAt, changedAt: ago(0.5) }), workflows())).toBe('waiting');
  });
});

describe('attempts', () => {
  it.each([
    ['owed', [5, 15, 60, 360, 360, 360]],
    ['open', [5, 15, 60, 360, 360, 360]],
    ['held', [15, 60, 360, 1440, 1440, 1440]],
    ['unknown', [1440, 1440, 1440]],
  ] as const)('of what is %s are further and further apart', (state, minutes) => {
    const old = operation('2026-11-10T10:00:00Z');
    for (const [index, wait] of minutes.entries()) {
      const runs = index + 1;
      expect(outcome(old, record(state, { runs, changedAt: ago(wait - 1) }), null)).toBe('waiting');
      expect(outcome(old, record(state, { runs, changedAt: ago(wait) }), null)).toBe(`resume-r${runs}`);
    }
  });

  it.each<[string, Pick<DeploymentRecord, 'artifacts'>, Delivery['state'][], string]>([
    ['sent and unanswered, beside one that was refused', {}, ['uncertain', 'rejected'], 'resume'],
    ['not sent, and what else there was is not known', { artifacts: 'unknown' }, ['planned'], 'resume'],
    ['refused', {}, ['accepted', 'rejected'], 'waiting'],
    ['held back', {}, ['quarantined', 'skipped'], 'waiting'],
    ['not known, beside one that was refused', { artifacts: 'unknown' }, ['rejected'], 'waiting for a day'],
    ['not known, beside one that was recorded', { artifacts: 'unknown' }, ['accepted'], 'waiting for a day'],
    ['nothing', {}, ['accepted', 'duplicate', 'skipped'], 'complete'],
  ])('follow from what the record of a sync says is missing: %s', (_, artifacts, states, expected) => {
    const deliveries = states.map(state => ({ step: 'submit-evidence', state, updatedAt: ago(10) }) as Delivery);
    const old = operation('2026-11-10T10:00:00Z');
    const deployment = { ...aDeployment(), production: false };
    const { state = 'owed' } = summaryOf({ deployment, deliveries, images: [], ...artifacts } as never);
    const tried = (minutes: number) => outcome(old, record(state, { changedAt: ago(minutes) }), null);
    const waits = tried(1500) === 'waiting' ? 'for ever' : tried(1000) === 'waiting' ? 'waiting for a day' : tried(10);
    expect(waits.replace(/-r1$/, '')).toBe(expected);
  });

  it('count from the last Workflow where that is younger than the last change', () => {
    expect(outcome(ended, record('owed'), workflows({ latestAt: ago(1) }))).toBe('waiting');
  });

  it('are said with the time of the next', () => {
    const decision = decide(ended, record('held', { changedAt: ago(5) }), null, limits);
    expect(decision.why).toBe('something was refused or is held back; tried once, again at 2026-11-20T12:10:00Z');
  });
});
