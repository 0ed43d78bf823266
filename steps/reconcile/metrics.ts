import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import { type MetricValues, toUnixSeconds } from '../../lib/metrics/values.ts';
import type { Decision, Reason, RecordSeen } from './decide.ts';
import type { Operation } from './operation.ts';
import type { ReconcileOutput } from './step.ts';

/** Something of the operation is missing, and a run has dealt or will deal with it. */
const MISSING: readonly Reason[] = ['waiting', 'in-progress', 'after-earlier', 'limit'];

/**
 * What the cluster holds and what a run of reconcile did.
 * @param alerts all that are kept, as they are after the run
 * @param environment the default of the configuration: counters of it are there, at zero, before the first sync
 * @param now RFC 3339
 */
export function reconcileMetrics(
  output: Pick<ReconcileOutput, 'outcomes' | 'left' | 'records' | 'ignored'>,
  alerts: readonly DeploymentAlert[],
  { environment, now, deadLetters }: { environment: string; now: string; deadLetters: number },
): MetricValues {
  const { outcomes, left } = output;
  const records = [...output.records.values()];
  const inState = (...states: RecordSeen['state'][]) => records.filter(({ state }) => states.includes(state)).length;
  const started = (action: 'start' | 'resume') =>
    outcomes.filter(({ start, outcome }) => start.action === action && outcome === 'started').length;
  const because = (...reasons: Reason[]) => left.filter(one => isLeft(one, reasons)).length;
  return {
    timestamp: toUnixSeconds(now),
    environment,
    started: started('start'),
    resumed: started('resume'),
    failed: outcomes.filter(({ outcome }) => outcome === 'failed').length,
    'in-progress': because('in-progress', 'just-finished'),
    waiting: because('waiting'),
    queued: because('after-earlier', 'limit'),
    unknowable: because('unknowable'),
    ignored: output.ignored.length,
    complete: inState('complete'),
    owed: inState('owed', 'open'),
    held: inState('held'),
    unknown: inState('unknown'),
    'missing-artifacts': records.reduce((sum, { missing }) => sum + missing, 0),
    'missing-since': missingSince(output),
    'dead-letters': deadLetters,
    firing: alerts.filter(({ state }) => state === 'firing').length,
    'failing-channels': failingChannels(alerts).size,
  };
}

/** Names of the channels that did not take the latest message of an alert. */
const failingChannels = (alerts: readonly DeploymentAlert[]): Set<string> =>
  new Set(alerts.flatMap(({ channels }) => channels.flatMap(({ name, state }) => (state === 'failed' ? [name] : []))));

/** When the oldest operation ended of which something is missing; 0 where nothing is. */
function missingSince({ outcomes, left }: Pick<ReconcileOutput, 'outcomes' | 'left'>): number {
  const begun = outcomes.filter(({ outcome }) => outcome !== 'gone').map(({ start }) => start.operation);
  const waiting = left.filter(one => isLeft(one, MISSING)).map(({ operation }) => operation);
  const ends = [...begun, ...waiting].map(endOf);
  return ends.length === 0 ? 0 : Math.min(...ends);
}

const endOf = ({ startedAt, finishedAt }: Operation): number => toUnixSeconds(finishedAt ?? startedAt);

const isLeft = (decision: Decision, reasons: readonly Reason[]): boolean =>
  decision.action === 'leave' && reasons.includes(decision.reason);
