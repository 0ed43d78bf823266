import { badInput } from '../../lib/runtime/failure.ts';
import type { SensorEvent } from './event.ts';
import type { Sensor, Trigger } from './manifest.ts';
import { applyParameters, type Resource } from './parameters.ts';
import { TriggerFailure } from './trigger-failure.ts';

export type Rendered = { trigger: string; notes: readonly string[] } & (
  | { resource: Resource }
  /** The trigger fails; `deadLetter` is what its dlqTrigger creates of the event, null where it has none. */
  | { failure: string; deadLetter: Resource | null }
);

/**
 * What each trigger of a Sensor makes of one event.
 * @param dependency the one that the event is of; may be left out where the Sensor has only one
 * @throws Failure 2 where the Sensor needs what is not supported
 */
export function renderSensor(sensor: Sensor, event: SensorEvent, dependency?: string): Rendered[] {
  const name = dependencyOf(sensor, dependency);
  const on = `Sensor ${sensor.metadata.name}`;
  for (const { template, dlqTrigger } of sensor.spec.triggers)
    for (const each of dlqTrigger === undefined ? [template] : [template, dlqTrigger.template])
      declared(each, sensor, on);
  return sensor.spec.triggers
    .filter(({ template }) => fires(template, sensor, name, on))
    .map(trigger => renderTrigger(trigger, new Map([[name, event]]), on));
}

function dependencyOf({ metadata, spec }: Sensor, given: string | undefined): string {
  const names = spec.dependencies.map(({ name }) => name);
  const [first = '', ...more] = names;
  if (given === undefined && more.length > 0)
    throw badInput('Which dependency?', `Sensor ${metadata.name}`, `say --dependency, one of ${names.join(', ')}`);
  if (given !== undefined && !names.includes(given))
    throw badInput('No such dependency', `Sensor ${metadata.name}: ${given}`, `it has ${names.join(', ')}`);
  return given ?? first;
}

/** Argo Events leaves a parameter of an unknown dependency out, in silence. */
function declared(template: Trigger['template'], { spec }: Sensor, on: string): void {
  const names = spec.dependencies.map(({ name }) => name);
  for (const { src, dest } of (template.k8s ?? template.argoWorkflow)?.parameters ?? [])
    if (!names.includes(src.dependencyName))
      throw badInput('No such dependency', `${on}: ${dest}: ${src.dependencyName}`, 'name one of spec.dependencies');
}

/** One event is enough for a trigger whose conditions are alternatives. */
function fires({ name, conditions }: Trigger['template'], { spec }: Sensor, dependency: string, on: string): boolean {
  const needed = conditions ?? spec.dependencies.map(dependent => dependent.name).join(' && ');
  const alternatives = needed.split('||').map(text => text.trim());
  if (alternatives.some(text => !/^[\w.-]+$/.test(text)))
    throw badInput(
      'Conditions are not supported',
      `${on}, trigger ${name}: ${needed}`,
      'one event is rendered; conditions may be names with || between them',
    );
  return alternatives.includes(dependency);
}

function renderTrigger(trigger: Trigger, events: ReadonlyMap<string, SensorEvent>, on: string): Rendered {
  const notes: string[] = [];
  const { name } = trigger.template;
  try {
    return { trigger: name, notes, resource: make(trigger.template) };
  } catch (error) {
    if (!(error instanceof TriggerFailure)) throw error;
    return { trigger: name, notes, failure: error.message, deadLetter: deadLetterOf(trigger, make) };
  }

  function make(template: Trigger['template']): Resource {
    const { source, parameters } = template.k8s ?? template.argoWorkflow ?? { source: null, parameters: [] };
    const applied = applyParameters(source?.resource, parameters, events, `${on}, trigger ${template.name}`);
    notes.push(...applied.notes);
    return applied.resource;
  }
}

function deadLetterOf({ dlqTrigger }: Trigger, make: (template: Trigger['template']) => Resource): Resource | null {
  if (dlqTrigger === undefined) return null;
  try {
    return make(dlqTrigger.template);
  } catch (error) {
    if (error instanceof TriggerFailure) return null;
    throw error;
  }
}
