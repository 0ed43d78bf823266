import { alertForDeadLetter } from '../../lib/alerts/dead-letter.ts';
import { type AlertClients, raise, resolve, tellAgain } from '../../lib/alerts/raise.ts';
import type { DeadLetters } from '../../lib/clients/dead-letters.ts';
import { millis } from './operation.ts';

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

/**
 * Keeps one alert for each dead letter, tells channels again that could not be told, and deletes alerts that were resolved long
 * ago. Safe to repeat: an alert that fires is not told twice.
 * @throws Failure where the alerts cannot be kept
 */
export async function tendAlerts(
  { now, retentionDays }: { now: string; retentionDays: number },
  { deadLetters, alerts, deleteAlert }: TendingClients,
): Promise<AlertTending> {
  const letters = (await deadLetters.list()).map(alertForDeadLetter);
  for (const alarm of letters) await raise(alarm, alerts);
  const open = new Set(letters.map(({ name }) => name));
  const deleted: string[] = [];
  let firing = 0;
  for (const { alert, version } of await alerts.store.list()) {
    const { name, state, resolvedAt } = alert;
    const isOver = DEAD_LETTER.test(name) && !open.has(name);
    if (state === 'firing' && isOver) await resolve(name, 'the event was replayed or deleted', alerts);
    else if (state === 'firing') firing += 1;
    const isOld = resolvedAt !== null && millis(now) - millis(resolvedAt) > retentionDays * 86_400_000;
    if (state === 'resolved' && isOld && (await deleteAlert(name, version))) deleted.push(name);
    else if (!open.has(name)) await tellAgain(name, alerts);
  }
  return { deadLetters: letters.length, firing, deleted };
}
