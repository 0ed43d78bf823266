import type { RecordState } from '../../lib/contracts/deployment-record-summary.ts';
import { workflowNameOf } from '../../lib/events/sync-finished.ts';
import { millis, type Operation, toSeconds } from './operation.ts';

/** What the row of a record says. */
export interface RecordSeen {
  /** open: it was created, and its run ended before anything was planned. */
  state: RecordState | 'open';
  runs: number;
  changedAt: string | null;
  /** When a person last accepted what was held back; null where nobody did. */
  acceptedAt: string | null;
  succeeded: boolean;
}

/** What is left of the Workflows of one operation; those that succeeded do not count, and others may be deleted any time. */
export interface WorkflowsSeen {
  running: boolean;
  /** The highest number in their names, counted from 1. */
  attempts: number;
  /** When the youngest was created. */
  latestAt: string;
  /** Its name. */
  latest: string;
  /** Somebody stopped the youngest before anything of it ran; absent where nobody has looked. */
  neverRan?: boolean;
}

export interface Limits {
  now: string;
  /** Older operations are not recorded. */
  since: string;
  graceSeconds: number;
}

/** Why an operation is left alone. */
export type Reason =
  | 'too-old'
  | 'complete'
  | 'in-progress'
  | 'just-finished'
  | 'waiting'
  | 'unknowable'
  | 'unreadable'
  | 'after-earlier'
  | 'limit';

export type Decision =
  | { action: 'start' | 'resume'; operation: Operation; workflow: string; why: string }
  /** workflow: its youngest, where there still is one. */
  | { action: 'leave'; operation: Operation; reason: Reason; why: string; workflow?: string };

/**
 * How long after an attempt the next one follows, in minutes, by the number of attempts; the last figure goes on. What waits
 * for a remote is tried sooner than what waits for a person, who has an alert.
 */
const BACKOFF_MINUTES = {
  open: [5, 15, 60, 360],
  owed: [5, 15, 60, 360],
  held: [15, 60, 360, 1440],
  unknown: [1440],
  'no record': [15, 60, 360, 1440],
} as const satisfies Record<Exclude<RecordSeen['state'], 'complete'> | 'no record', readonly number[]>;

/** What is done about one operation. */
export function decide(
  operation: Operation,
  record: RecordSeen | null,
  workflows: WorkflowsSeen | null,
  limits: Limits,
): Decision {
  const leave = (reason: Reason, why: string): Decision => ({ action: 'leave', operation, reason, why });
  if (millis(operation.startedAt) < millis(limits.since)) return leave('too-old', `it started before ${limits.since}`);
  if (record?.state === 'complete') return leave('complete', 'nothing is missing');
  if (workflows?.running) return leave('in-progress', 'its Workflow runs');
  if (record?.state === 'unknown' && !record.succeeded)
    return leave('unknowable', 'it failed, and nothing tells any more which images it touched');
  const attempts = Math.max(record?.runs ?? 0, workflows?.attempts ?? 0);
  const base = workflowNameOf(operation.application.name, operation.id);
  if (attempts === 0) {
    const end = millis(operation.finishedAt ?? operation.startedAt);
    if (end + limits.graceSeconds * 1000 > millis(limits.now))
      return leave('just-finished', 'its notification may still be on its way');
    return {
      action: 'start',
      operation,
      workflow: base,
      why: `it has no record, known from ${SOURCES[operation.from]}`,
    };
  }
  if (record?.acceptedAt != null && isNewer(record.acceptedAt, [record.changedAt, workflows?.latestAt]))
    return {
      action: 'resume',
      operation,
      workflow: `${base}-r${attempts}`,
      why: 'a person accepted what was held back',
    };
  const state = record === null ? 'no record' : record.state;
  if (workflows?.neverRan)
    return {
      action: 'resume',
      operation,
      workflow: `${base}-r${attempts}`,
      why: 'its run was stopped while it waited',
    };
  const due = dueAt(BACKOFF_MINUTES[state], attempts, [record?.changedAt, workflows?.latestAt, operation.finishedAt]);
  if (due > millis(limits.now))
    return {
      ...leave('waiting', `${PROBLEMS[state]}; tried ${times(attempts)}, again at ${toSeconds(due)}`),
      ...(workflows && { workflow: workflows.latest }),
    };
  return {
    action: 'resume',
    operation,
    workflow: `${base}-r${attempts}`,
    why: `${PROBLEMS[state]}; tried ${times(attempts)}`,
  };
}

const PROBLEMS = {
  open: 'its run ended before anything was planned',
  owed: 'something is not delivered',
  held: 'something was refused or is held back',
  unknown: 'nothing tells which images it deployed',
  'no record': 'its run left no record',
} as const;

const SOURCES = {
  application: 'the Application',
  history: 'the history of the Application',
  events: 'Kubernetes Events alone',
  record: 'its record',
} as const satisfies Record<Operation['from'], string>;

/** No run has begun, and nothing has changed, since. */
const isNewer = (at: string, others: readonly (string | null | undefined)[]): boolean =>
  others.every(other => other == null || millis(other) <= millis(at));

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function dueAt(minutes: readonly number[], attempts: number, tried: readonly (string | null | undefined)[]): number {
  const wait = minutes[Math.min(attempts, minutes.length) - 1] ?? 0;
  const last = Math.max(0, ...tried.filter(time => time != null).map(millis));
  return last + wait * 60_000;
}
