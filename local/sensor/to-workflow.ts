import { badInput } from '../../lib/runtime/failure.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { Workflow } from '../manifests.ts';
import { readEvent } from './event.ts';
import type { Sensor } from './manifest.ts';
import { renderSensor } from './render.ts';

/** A request as the webhook EventSource hands it on. */
export interface WebhookEvent {
  body: unknown;
}

/**
 * The one Workflow that a Sensor makes of an event, as the runner understands it.
 * @throws Failure 2 where a parameter names nothing: in the cluster such an event goes to the dead letters
 */
export function toWorkflow(sensor: Sensor, event: WebhookEvent): Workflow {
  const on = `Sensor ${sensor.metadata.name}`;
  const [made, ...more] = renderSensor(sensor, readEvent(JSON.stringify(event), 'the event'));
  if (made === undefined || more.length > 0)
    throw badInput('Not one trigger', on, 'the runner makes one Workflow of an event');
  if ('failure' in made)
    throw badInput('Event makes no Workflow', `${on}: ${made.failure}`, 'in the cluster it goes to the dead letters');
  return parseAs(
    Workflow,
    made.resource,
    `the Workflow of ${on}`,
    'send the body that the notification template builds',
  );
}
