import { badInput } from '../lib/runtime/failure.ts';
import type { Artifact } from './artifacts.ts';
import type { Task, Template } from './manifests.ts';
import type { Inputs } from './step.ts';
import { inText, type Scope } from './substitute.ts';

/** Artifacts by the tag that names them, such as `tasks.fetch-app.outputs.artifacts.deployment`. */
export type Available = Map<string, Artifact>;

/**
 * What a task hands to its template.
 * @throws Failure 2 where an argument is not asked for, or an input that must be there is not
 */
export function argumentsOf(task: Task, template: Template, globals: Scope, available: Available): Inputs {
  return {
    parameters: parametersOf(task, template, globals),
    artifacts: artifactsOf(task, template, globals, available),
  };
}

function parametersOf(task: Task, template: Template, globals: Scope): Inputs['parameters'] {
  const given = task.arguments.parameters;
  refuseUnknown(task, given, template.inputs.parameters);
  return Object.fromEntries(
    template.inputs.parameters.map(({ name, default: fallback }) => {
      const value = given.find(parameter => parameter.name === name)?.value;
      const found = value === undefined ? fallback : inText(value, globals, `${task.name}: ${name}`);
      if (found === undefined) throw badInput('Parameter has no value', `${task.name}: ${name}`, 'give it one');
      return [name, found];
    }),
  );
}

function artifactsOf(task: Task, template: Template, globals: Scope, available: Available): Inputs['artifacts'] {
  refuseUnknown(task, task.arguments.artifacts, template.inputs.artifacts);
  const artifacts: Inputs['artifacts'] = {};
  for (const { name, from, raw, optional } of task.arguments.artifacts) {
    const on = `${task.name}: ${name}`;
    const tag = /^\{\{([^{}\s]+)\}\}$/.exec(from ?? '')?.[1];
    const found = raw === undefined ? available.get(tag ?? '') : { raw: inText(raw.data, globals, on) };
    if (found !== undefined) artifacts[name] = found;
    else if (optional !== true)
      throw badInput('Artifact is not there', `${on} from ${from}`, 'run the earlier task again');
  }
  return artifacts;
}

function refuseUnknown(task: Task, given: { name: string }[], wanted: { name: string }[]): void {
  for (const { name } of given)
    if (!wanted.some(input => input.name === name))
      throw badInput('Nobody asks for the argument', `${task.name}: ${name}`, 'mend the task or the template');
}
