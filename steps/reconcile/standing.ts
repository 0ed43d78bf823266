import { hash } from 'node:crypto';
import { cut } from '../../lib/alerts/message.ts';
import type { Alarm } from '../../lib/alerts/raise.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { IGNORE_ANNOTATION } from '../../lib/contracts/scope.ts';
import { environmentOf } from '../../lib/environment.ts';
import { ExitCode, type Failure } from '../../lib/runtime/failure.ts';
import { count } from '../../lib/wording.ts';
import type { KnownApplication } from './application.ts';

/** Of the configuration that no step can read. */
const CONFIGURATION = 'configuration';
/** Of what reconcile could not look at or start. */
const RECONCILE = 'reconcile';
/** Of an Application in production that leaves itself out. */
const IGNORED = 'ignored-';
const SHOWN = 3;
const MAX_LINE = 1400;

/**
 * Alerts that reconcile keeps about itself; they are over when a run no longer finds it so.
 * @param compared this run could compare
 */
export const isStanding = (name: string, compared: boolean): boolean =>
  name === CONFIGURATION || ((name === RECONCILE || name.startsWith(IGNORED)) && compared);

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

/** Of each Application in production that leaves itself out: a person should know, and can accept it. */
export const ignoredAlarms = (
  ignored: readonly KnownApplication[],
  environments: Configuration['environments'],
  instance: string,
): Alarm[] =>
  ignored.flatMap(({ subject: { namespace, name, uid }, project }) => {
    const { targetEnvironment, production } = environmentOf(environments, { instance, project, namespace, name });
    if (!production) return [];
    const id = `${IGNORED}${hash('sha256', uid, 'hex').slice(0, 16)}`;
    const { name: alarm, cause } = alarmOf(
      id,
      instance,
      'An Application in production is left out: nothing of it is recorded',
      `Application ${namespace}/${name} with the annotation ${IGNORE_ANNOTATION}`,
      `Remove the annotation, or take it out of ignore.allowed in the configuration. Where it is meant so, accept it: aftersync alerts accept ${id} --reason REASON`,
    );
    return [{ name: alarm, cause: { ...cause, application: { namespace, name }, environment: targetEnvironment } }];
  });
