import { badInput } from '../lib/runtime/failure.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { Workflow } from './manifests.ts';
import type { Sensor, TriggerParameter } from './sensor-manifest.ts';

/** A request as the webhook EventSource hands it on. */
export interface WebhookEvent {
  body: unknown;
}

/**
 * The Workflow that a Sensor makes of an event.
 * @throws Failure 2 where a parameter names nothing: in the cluster such an event goes to the dead letters
 */
export function toWorkflow(sensor: Sensor, event: WebhookEvent): Workflow {
  const [trigger] = sensor.spec.triggers;
  const k8s = trigger?.template.k8s;
  const on = `Sensor ${sensor.metadata.name}`;
  let resource: unknown = structuredClone(k8s?.source.resource);
  for (const parameter of k8s?.parameters ?? [])
    resource = write(
      resource,
      pathOf(parameter.dest),
      resolve(sensor, parameter, event, on),
      `${on}: ${parameter.dest}`,
    );
  return parseAs(Workflow, resource, `the Workflow of ${on}`, 'send the body that the notification template builds');
}

function resolve(sensor: Sensor, { src }: TriggerParameter, event: WebhookEvent, on: string): string {
  if (!sensor.spec.dependencies.some(({ name }) => name === src.dependencyName))
    throw badInput('No such dependency', `${on}: ${src.dependencyName}`, 'name one of spec.dependencies');
  const found = pathOf(src.dataKey).reduce<unknown>((value, key) => child(value, key), event);
  // As Argo Events: what is not text becomes JSON, and null is text as well.
  if (found !== undefined) return typeof found === 'string' ? found : JSON.stringify(found);
  if (src.value !== undefined) return src.value;
  throw badInput('Event has no value', `${on}: ${src.dataKey}`, 'in the cluster it would go to the dead letters');
}

/** The simple paths of gjson and sjson: names and indexes between dots, `\.` for a dot in a name. */
const pathOf = (path: string): string[] => path.split(/(?<!\\)\./).map(segment => segment.replaceAll('\\.', '.'));

const child = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

/** Writes into a copy; every step of the path but the last must be there, except that objects are made. */
function write(target: unknown, [key = '', ...rest]: string[], value: string, on: string): unknown {
  if (Array.isArray(target)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= target.length)
      throw badInput('Destination is not there', on, 'name an element that the resource holds');
    return target.map((item, at) => (at === index ? next(item) : item));
  }
  const object = (target ?? {}) as Record<string, unknown>;
  return { ...object, [key]: next(object[key]) };

  function next(item: unknown): unknown {
    return rest.length === 0 ? value : write(item, rest, value, on);
  }
}
