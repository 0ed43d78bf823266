import { deadLetterAlertName } from '../../lib/alerts/dead-letter.ts';
import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import type { ListedDeadLetter } from '../../lib/dead-letters/dead-letter.ts';
import { atMost, fine, type Judgement, wrong } from '../finding.ts';

const SHOWN = 5;

/** Events that the Sensor kept because it could not start a Workflow, but for those that a person accepted. */
export function judgeDeadLetters(kept: readonly ListedDeadLetter[], alerts: readonly DeploymentAlert[]): Judgement[] {
  const accepted = new Set(alerts.filter(alert => alert.accepted !== undefined).map(({ name }) => name));
  const letters = kept.filter(({ name }) => !accepted.has(deadLetterAlertName(name)));
  const remedy = 'aftersync replay --all --dry-run says what would be started';
  if (letters.length === 0) return [fine('no event is kept that could not start a Workflow')];
  return atMost(
    letters.map(({ name, at }) => wrong(`${name} of ${at} could not start a Workflow`, remedy)),
    SHOWN,
    remedy,
  );
}

/** What somebody should have mended already. */
export function judgeAlerts(alerts: readonly DeploymentAlert[]): Judgement[] {
  const firing = alerts.filter(({ state }) => state === 'firing');
  if (firing.length === 0) return [fine('no alert fires')];
  return atMost(
    firing.map(({ name, what, subject, remedy }) => wrong(`${name}: ${what}: ${subject}`, remedy)),
    SHOWN,
    'aftersync alerts list shows them',
  );
}
