import { type DeadLetter, startOf } from '../dead-letters/dead-letter.ts';
import { Failure } from '../runtime/failure.ts';
import { cut } from './message.ts';
import type { Alarm } from './raise.ts';

const PREFIX = 'aftersync-dead-letter-';
const MAX_TEXT = 1000;

/** Name of the alert of an event that could not start a Workflow. @param name of its ConfigMap */
export const deadLetterAlertName = (name: string): string =>
  `dead-letter-${name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name}`;

/** The alert of an event that could not start a Workflow. It is over when the event was replayed. */
export function alertForDeadLetter(letter: DeadLetter): Alarm {
  const envelope = envelopeOf(letter);
  const why = 'why' in envelope ? envelope.why : null;
  const found = 'why' in envelope ? null : envelope;
  return {
    name: deadLetterAlertName(letter.name),
    cause: {
      operation: found?.id ?? null,
      instance: found?.instance ?? '',
      application: found === null ? null : { namespace: found.data.namespace, name: found.data.application },
      environment: null,
      what: 'An event could not start a Workflow, so nothing of its sync is recorded',
      subject: `ConfigMap ${letter.name}, kept at ${letter.at}`,
      remedy:
        why === null
          ? `Look at why the Sensor could not create a Workflow (its log says), then: aftersync replay ${letter.name}`
          : cut(`It cannot be replayed as it is. ${why}`, MAX_TEXT),
      links: { workflow: null, application: null },
    },
  };
}

function envelopeOf(letter: DeadLetter) {
  try {
    return startOf(letter).envelope;
  } catch (error) {
    if (error instanceof Failure) return { why: error.message };
    throw error;
  }
}
