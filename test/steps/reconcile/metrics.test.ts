import { describe, expect, it } from 'vitest';
import type { DeploymentAlert } from '../../../lib/contracts/deployment-alert.ts';
import type { Decision, Reason } from '../../../steps/reconcile/decide.ts';
import { reconcileMetrics } from '../../../steps/reconcile/metrics.ts';
import type { RecordRow } from '../../../steps/reconcile/observe.ts';
import type { Outcome } from '../../../steps/reconcile/step.ts';
import { operation, subject } from './situation.ts';

const NOW = '2026-11-20T12:00:00Z';
const at = (time: string) => operation(`2026-11-20T${time}Z`);
const unix = (time: string) => Date.parse(`2026-11-20T${time}Z`) / 1000;

const left = (reason: Reason, time = '10:00:00'): Decision => ({
  action: 'leave',
  operation: at(time),
  reason,
  why: '',
});
const begun = (action: 'start' | 'resume', outcome: Outcome['outcome'], time = '10:00:00'): Outcome => ({
  start: { action, operation: at(time), workflow: 'web', why: '' },
  outcome,
  detail: '',
});
const row = (state: RecordRow['state'], missing = 0): RecordRow => ({
  application: subject(),
  startedAt: NOW,
  state,
  missing,
  runs: 1,
  changedAt: null,
  acceptedAt: null,
  succeeded: true,
});

const measured = (
  over: { outcomes?: Outcome[]; left?: Decision[]; records?: RecordRow[] } = {},
  alerts: DeploymentAlert[] = [],
) => {
  const { outcomes = [], left: alone = [], records = [] } = over;
  const output = {
    outcomes,
    left: alone,
    ignored: [],
    records: new Map(records.map((one, index) => [String(index), one])),
  };
  return reconcileMetrics(output, alerts, { environment: 'staging', now: NOW, deadLetters: 0 });
};

describe('reconcileMetrics', () => {
  it('is zero where nothing is, and says when it looked', () => {
    const { timestamp, environment, ...numbers } = measured();
    expect([timestamp, environment]).toEqual([unix('12:00:00'), 'staging']);
    expect(new Set(Object.values(numbers))).toEqual(new Set([0]));
  });

  it('counts what a run did, and what it left alone and why', () => {
    const outcomes = [
      begun('start', 'started'),
      begun('start', 'started'),
      begun('resume', 'started'),
      begun('start', 'there'),
      begun('start', 'failed'),
    ];
    const reasons: Reason[] = ['waiting', 'in-progress', 'just-finished', 'limit', 'after-earlier', 'unknowable'];
    expect(measured({ outcomes, left: [...reasons, 'complete' as const].map(reason => left(reason)) })).toMatchObject({
      started: 2,
      resumed: 1,
      failed: 1,
      waiting: 1,
      'in-progress': 2,
      queued: 2,
      unknowable: 1,
    });
  });

  it('counts records by state, and what they lack', () => {
    const records = [row('complete'), row('complete'), row('owed', 2), row('open'), row('held', 1), row('unknown')];
    expect(measured({ records })).toMatchObject({ complete: 2, owed: 2, held: 1, unknown: 1, 'missing-artifacts': 3 });
  });

  it('says since when something is missing: what was done, and what nobody can mend, do not count', () => {
    const since = (outcomes: Outcome[], alone: Decision[]) => measured({ outcomes, left: alone })['missing-since'];
    expect(since([begun('resume', 'started', '11:00:00')], [])).toBe(unix('11:00:00'));
    expect(since([begun('start', 'started', '11:00:00')], [left('waiting', '09:00:00')])).toBe(unix('09:00:00'));
    expect(since([begun('start', 'gone')], [left('complete'), left('unknowable'), left('just-finished')])).toBe(0);
    expect(since([], [left('too-old', '01:00:00'), left('limit', '08:00:00')])).toBe(unix('08:00:00'));
  });

  it('counts alerts that fire, and each channel once that did not take a message', () => {
    const alert = (state: DeploymentAlert['state'], ...channels: [string, string][]) =>
      ({ state, channels: channels.map(([name, of]) => ({ name, state: of })) }) as DeploymentAlert;
    const alerts = [
      alert('firing', ['chat', 'sent'], ['desk', 'failed']),
      alert('firing', ['chat', 'pending'], ['desk', 'failed']),
      alert('resolved', ['chat', 'resolved'], ['oncall', 'failed']),
    ];
    expect(measured({}, alerts)).toMatchObject({ firing: 2, 'failing-channels': 2 });
  });
});
