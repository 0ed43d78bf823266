import { alertForDeadLetter } from '../../lib/alerts/dead-letter.ts';
import { type AlertClients, raise, resolve, tellAgain } from '../../lib/alerts/raise.ts';
import type { DeadLetters } from '../../lib/clients/dead-letters.ts';
import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import { millis } from './operation.ts';
import type { ReconcileOutput } from './step.ts';
import { untold } from './untold.ts';

export interface AlertTending {
  /** Events that could not start a Workflow and were not replayed. */
  deadLetters: number;
  firing: number;
  /** Names of the alerts that were old enough to be deleted. */
  deleted: string[];
}

export interface TendingClients {
  deadLetters: DeadLetters;
  alerts: AlertClients;
  /** @returns false where somebody changed it meanwhile */
  deleteAlert(name: string, version: string): Promise<boolean>;
}

const DEAD_LETTER = /^dead-letter-/;

export interface TendingInput {
  /** What this run of reconcile saw. */
  seen: Pick<ReconcileOutput, 'left' | 'records'>;
  /** Name of the Argo CD in the configuration. */
  instance: string;
  /** RFC 3339. */
  now: string;
  retentionDays: number;
}

/**
 * Keeps one alert for each dead letter and for each operation of which something is missing, and resolves it when nothing is:
 * the run that should have told it may have been killed before it could. Tells channels again that could not be told, and deletes
 * alerts that were resolved long ago and that no person had to accept. Safe to repeat: an alert that fires is not told twice.
 * @throws Failure where the alerts cannot be kept
 */
export async function tendAlerts(
  { seen, instance, now, retentionDays }: TendingInput,
  { deadLetters, alerts, deleteAlert }: TendingClients,
): Promise<AlertTending> {
  const letters = (await deadLetters.list()).map(alertForDeadLetter);
  for (const alarm of letters) await raise(alarm, alerts);
  const open = new Set(letters.map(({ name }) => name));
  const deleted: string[] = [];
  const told = new Map<string, DeploymentAlert['state']>();
  for (const { alert, version } of await alerts.store.list()) {
    const { name, state, resolvedAt, accepted } = alert;
    const over = whyOver(name, open, seen.records);
    told.set(name, over === null ? state : 'resolved');
    if (state === 'firing' && over !== null) await resolve(name, over, alerts);
    const isOld = resolvedAt !== null && millis(now) - millis(resolvedAt) > retentionDays * 86_400_000;
    const isOverdue = state === 'resolved' && isOld && accepted === undefined;
    if (isOverdue && (await deleteAlert(name, version))) deleted.push(name);
    else if (!open.has(name)) await tellAgain(name, alerts);
  }
  for (const alarm of untold(seen.left, instance, told)) told.set(alarm.name, (await raise(alarm, alerts)).state);
  const firing = [...told.values()].filter(state => state === 'firing').length;
  return { deadLetters: letters.length, firing, deleted };
}

/** @returns null where it still is as the alert says, as far as can be told */
function whyOver(name: string, open: ReadonlySet<string>, records: ReconcileOutput['records']): string | null {
  if (DEAD_LETTER.test(name)) return open.has(name) ? null : 'the event was replayed or deleted';
  return records.get(name)?.state === 'complete' ? 'its record is complete' : null;
}
