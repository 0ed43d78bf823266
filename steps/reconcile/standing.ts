import { cut } from '../../lib/alerts/message.ts';
import type { Alarm } from '../../lib/alerts/raise.ts';
import { ExitCode, type Failure } from '../../lib/runtime/failure.ts';
import { count } from '../../lib/wording.ts';

/** Of the configuration that no step can read. */
const CONFIGURATION = 'configuration';
/** Of what reconcile could not look at or start. */
const RECONCILE = 'reconcile';
const SHOWN = 3;
const MAX_LINE = 1400;

/**
 * Alerts that reconcile keeps about itself; they are over when a run no longer finds it so.
 * @param compared this run could compare
 */
export const isStanding = (name: string, compared: boolean): boolean =>
  name === CONFIGURATION || (name === RECONCILE && compared);

const alarmOf = (name: string, instance: string, what: string, subject: string, remedy: string): Alarm => ({
  name,
  cause: {
    operation: null,
    instance,
    application: null,
    environment: null,
    what: cut(what, MAX_LINE),
    subject: cut(subject, MAX_LINE),
    remedy: cut(remedy, MAX_LINE),
    links: { workflow: null, application: null },
  },
});

/** No step can read it, so nothing is recorded until it is mended. @param why that readConfiguration gave */
export const configurationAlarm = ({ fault, remedy }: Failure): Alarm =>
  alarmOf(
    CONFIGURATION,
    '',
    `The configuration cannot be read, so nothing is recorded: ${fault}`,
    'ConfigMap aftersync-config',
    `Correct it: ${remedy}. What was missed meanwhile is recorded by reconcile`,
  );

/** What a person must mend before it can be recorded. @returns none where everything could be looked at and started */
export function failureAlarms(failed: readonly Failure[], instance: string): Alarm[] {
  // What did not answer is tried again in five minutes.
  const lasting = failed.filter(({ exitCode }) => exitCode !== ExitCode.transient);
  const [first, ...others] = lasting;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, and ${count(others.length, 'thing')} more`;
  const remedies = lasting.slice(0, SHOWN).map(({ message }) => message.replace(/[.\s]+$/, ''));
  const subject = 'syncs that reconcile could not look at or start';
  return [
    alarmOf(
      RECONCILE,
      instance,
      `Not everything could be compared: ${first.fault}${more}`,
      subject,
      remedies.join('. '),
    ),
  ];
}
