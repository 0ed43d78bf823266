import pLimit from 'p-limit';
import { alertForDeadLetter, deadLetterAlertName } from '../../lib/alerts/dead-letter.ts';
import { type Alarm, type AlertClients, raise, resolve, tellAgain } from '../../lib/alerts/raise.ts';
import type { DeadLetters } from '../../lib/clients/dead-letters.ts';
import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import type { Budget } from '../../lib/runtime/budget.ts';
import type { Failure } from '../../lib/runtime/failure.ts';
import { failureOfOne } from '../../lib/runtime/one-of-many.ts';
import { millis } from './operation.ts';
import type { ReconcileOutput } from './step.ts';
import { untold } from './untold.ts';

export interface AlertTending {
  /** Events that could not start a Workflow and were not replayed. */
  deadLetters: number;
  firing: number;
  /** Names of the alerts that were old enough to be deleted. */
  deleted: string[];
  /** For how many the time was not enough; they are the first of the next run. */
  postponed: number;
  /** Why an alert could not be read, kept or told. The others were. */
  failed: Failure[];
}

export interface TendingClients {
  deadLetters: DeadLetters;
  alerts: AlertClients;
  /** @returns false where somebody changed it meanwhile */
  deleteAlert(name: string, version: string): Promise<boolean>;
  /** Whether the record holds everything by now; false where there is none. */
  isComplete(operation: string): Promise<boolean>;
  /** None is begun after its end. */
  budget: Budget;
}

export interface TendingInput {
  /** What this run of reconcile saw; null where it could not look. */
  seen: Pick<ReconcileOutput, 'left' | 'records'> | null;
  /** What is wrong beside the operations, each under a name of its own: an alert of such a name is over once it is not among them. */
  standing: readonly Alarm[];
  /** Which alerts are such. */
  isStanding(name: string): boolean;
  /** Name of the Argo CD in the configuration. */
  instance: string;
  /** Of the Workflows. */
  namespace: string;
  /** RFC 3339. */
  now: string;
  retentionDays: number;
}

/** At once: the API server and the channels are not ours alone. */
const CONCURRENCY = 8;
const DEAD_LETTER = /^dead-letter-/;

/** One alert and what is done about it. */
interface Task {
  name: string;
  /** 0: there is something that somebody was not told. 1: a channel did not take it. 2: nothing, or a reminder. */
  urgency: 0 | 1 | 2;
  /** RFC 3339; the oldest comes first. */
  since: string;
  /** @returns null where there is no alert after it */
  work(): Promise<DeploymentAlert | null>;
}

/**
 * Keeps one alert for each dead letter, for each operation of which something is missing, and for what is wrong beside, and resolves
 * it when it is not so any more: the run that should have told it may have been killed before it could. Tells channels again that
 * could not be told, and deletes alerts that were resolved long ago and that no person had to accept. Each alert by itself, what
 * somebody was never told first. Safe to repeat: an alert that fires is not told twice.
 * @throws Failure where the alerts cannot be listed
 */
export async function tendAlerts(input: TendingInput, clients: TendingClients): Promise<AlertTending> {
  const { alerts, deadLetters, budget } = clients;
  const failed: Failure[] = [];
  const letters = await deadLetters.list().catch((error: unknown) => {
    failed.push(failureOfOne(error, 'dead letters'));
    return null;
  });
  const kept = await alerts.store.list(why => failed.push(why));
  const open = letters && new Map(letters.map(({ name }) => [deadLetterAlertName(name), name]));
  const states = new Map<string, DeploymentAlert['state']>();
  const deleted: string[] = [];
  const tasks: Task[] = [];
  const wanted = new Map(input.standing.map(alarm => [alarm.name, alarm]));
  for (const { alert, version } of kept) {
    const { name } = alert;
    const over = whyOver(name, open, input);
    states.set(name, over === null ? alert.state : 'resolved');
    const isBack = alert.state === 'resolved' && alert.accepted === undefined && open?.has(name);
    if (alert.state === 'firing' && over !== null)
      tasks.push({ name, urgency: 0, since: alert.since, work: () => resolve(name, over, alerts) });
    else if (isBack)
      tasks.push({ name, urgency: 0, since: alert.since, work: () => raise({ name, cause: alert }, alerts) });
    else if (isOverdue(alert, input))
      tasks.push({
        name,
        urgency: 2,
        since: alert.since,
        async work() {
          if (!(await clients.deleteAlert(name, version))) return alert;
          deleted.push(name);
          return null;
        },
      });
    else if (!wanted.has(name))
      tasks.push({ name, ...urgencyOf(alert, alerts.receivers), work: () => tellAgain(name, alerts) });
  }
  const add = (name: string, work: Task['work']) => tasks.push({ name, urgency: 0, since: input.now, work });
  for (const [name, letter] of open ?? [])
    if (!states.has(name))
      add(name, async () => {
        const found = await deadLetters.read(letter);
        return found === null ? null : raise(alertForDeadLetter(found), alerts);
      });
  for (const alarm of wanted.values()) add(alarm.name, () => raise(alarm, alerts));
  // Another run may have delivered the rest since it was seen.
  for (const alarm of untold(input.seen?.left ?? [], input, states))
    add(alarm.name, async () => ((await clients.isComplete(alarm.name)) ? null : raise(alarm, alerts)));

  let postponed = 0;
  const inTurn = tasks.sort((a, b) => a.urgency - b.urgency || millis(a.since) - millis(b.since));
  await pLimit(CONCURRENCY).map(inTurn, async ({ name, work }) => {
    if (budget.remainingMs() === 0) {
      postponed += 1;
      return;
    }
    try {
      const after = await work();
      if (after === null) states.delete(name);
      else states.set(name, after.state);
    } catch (error) {
      failed.push(failureOfOne(error, `alert ${name}`));
    }
  });
  const firing = [...states.values()].filter(state => state === 'firing').length;
  return { deadLetters: letters?.length ?? 0, firing, deleted, postponed, failed };
}

/** @returns null where it still is as the alert says, as far as can be told */
function whyOver(name: string, open: ReadonlyMap<string, string> | null, input: TendingInput): string | null {
  const { seen, standing, isStanding } = input;
  if (DEAD_LETTER.test(name)) return open === null || open.has(name) ? null : 'the event was replayed or deleted';
  if (isStanding(name)) return standing.some(alarm => alarm.name === name) ? null : 'it is not so any more';
  return seen?.records.get(name)?.state === 'complete' ? 'its record is complete' : null;
}

function isOverdue({ state, resolvedAt, accepted }: DeploymentAlert, { now, retentionDays }: TendingInput): boolean {
  const isOld = resolvedAt !== null && millis(now) - millis(resolvedAt) > retentionDays * 86_400_000;
  return state === 'resolved' && isOld && accepted === undefined;
}

function urgencyOf(alert: DeploymentAlert, receivers: readonly { name: string }[]): Pick<Task, 'urgency' | 'since'> {
  const { channels, since, state } = alert;
  const of = (wanted: string) => channels.filter(channel => channel.state === wanted).map(({ at }) => at);
  const isNew = receivers.some(({ name }) => channels.every(channel => channel.name !== name)) && state === 'firing';
  const [longest] = [...of('pending'), ...(isNew ? [since] : [])].sort();
  if (longest !== undefined) return { urgency: 0, since: longest };
  const [failed] = of('failed').sort();
  return failed === undefined ? { urgency: 2, since } : { urgency: 1, since: failed };
}
