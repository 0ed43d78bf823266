import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import type { SensorEvent } from './event.ts';
import { textOf } from './gjson-text.ts';
import { execute } from './go-template.ts';
import { TemplateError } from './go-value.ts';
import { type Json, readJson, toValue } from './json-text.ts';
import type { TriggerParameter } from './manifest.ts';
import { find, pathOf } from './path.ts';
import { TriggerFailure } from './trigger-failure.ts';
import { write } from './write.ts';

/** A value for a destination; `raw` is JSON that is not text, which useRawData writes as it is. */
interface Resolved {
  text: string;
  raw?: Json;
}

/** What Argo Events hands to the API server, without what it adds itself: the Sensor's namespace, three labels on create. */
export type Resource = Record<string, unknown>;
const Resource = z.record(z.string(), z.unknown()).refine(({ kind }) => typeof kind === 'string' && kind !== '');

export interface Applied {
  resource: Resource;
  /** What Argo Events passes over in silence: defaults that were taken, parameters that were left out. */
  notes: string[];
}

/**
 * Applies the parameters of a trigger to its resource, one after the other, as Argo Events does (pkg/sensors/triggers/params.go).
 * @param events by dependency
 * @param on the Sensor and its trigger, for messages
 * @throws TriggerFailure where Argo Events fails the trigger; Failure 2 where a parameter needs what is not supported
 */
export function applyParameters(
  resource: unknown,
  parameters: readonly TriggerParameter[],
  events: ReadonlyMap<string, SensorEvent>,
  on: string,
): Applied {
  const notes: string[] = [];
  let applied = resource;
  for (const { src, dest, operation } of parameters) {
    const at = `${on}: ${dest}`;
    const found = resolve(src, events, at, note => notes.push(`${dest}: ${note}`));
    if (found === null) continue;
    const path = pathOf(dest, at);
    const current = operation === 'append' || operation === 'prepend' ? textAt(applied, path, at) : null;
    const value =
      current === null ? found : { text: operation === 'append' ? current + found.text : found.text + current };
    applied = write(applied, path, src.useRawData && value.raw ? numbered(value.raw, at) : value.text);
  }
  const made = Resource.safeParse(applied);
  if (!made.success) throw new TriggerFailure("Object 'Kind' is missing");
  return { resource: made.data, notes };
}

type Source = TriggerParameter['src'];

function resolve(
  src: Source,
  events: ReadonlyMap<string, SensorEvent>,
  on: string,
  note: (text: string) => unknown,
): Resolved | null {
  const event = events.get(src.dependencyName);
  if (event === undefined) {
    note(`no event of ${src.dependencyName}, ${src.value === undefined ? 'left as it is' : 'default taken'}`);
    return src.value === undefined ? null : { text: src.value };
  }
  const { key, template, from } = selectionOf(src, event, on);
  if (key === '' && template === '') {
    if (src.value !== undefined) return { text: src.value };
    throw badInput('The whole event is not supported', on, 'name a dataKey, "@this" for all of the data');
  }
  let failed = '';
  if (template !== '') {
    try {
      return { text: evaluated(template, from, on) };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      failed = error.message;
    }
  }
  const found = key === '' ? undefined : key === '@this' ? from : find(from, pathOf(key, on));
  if (failed !== '' && (found !== undefined || src.value !== undefined))
    note(`template failed, ${found === undefined ? 'default' : 'key'} taken: ${failed}`);
  if (found !== undefined) return found.type === 'string' ? { text: found.value } : { text: textOf(found), raw: found };
  if (src.value !== undefined) return { text: src.value };
  throw new TriggerFailure(
    `unable to resolve '${src.dependencyName}' parameter value: ${failed || `no ${key} in the event`}`,
  );
}

/** Where both are named, the data counts. */
function selectionOf(src: Source, event: SensorEvent, on: string): { key: string; template: string; from: Json } {
  const ofData = { key: src.dataKey ?? '', template: src.dataTemplate ?? '', from: event.data };
  const ofContext = { key: src.contextKey ?? '', template: src.contextTemplate ?? '' };
  if (ofData.key + ofData.template !== '' || ofContext.key + ofContext.template === '') return ofData;
  if (event.context === undefined)
    throw badInput('Event has no context', on, 'give a whole event, {"context": {…}, "data": "<base64>"}');
  return { ...ofContext, from: event.context };
}

function evaluated(template: string, from: Json, on: string): string {
  const out = execute(template, toValue(from), on);
  if (out === '' || out === '<no value>') throw new TemplateError('template evaluated to empty string or no value');
  return out;
}

/** What append and prepend find at the destination, null where there is nothing. */
function textAt(resource: unknown, path: readonly string[], on: string): string | null {
  const current = find(readJson(JSON.stringify(resource)), path);
  if (current === undefined) return null;
  if (current.type === 'object' || current.type === 'array')
    throw badInput('Operation is not supported', `${on}: on an object or a list`, 'append and prepend to text');
  if (current.type === 'null') return '';
  return current.type === 'string' ? current.value : textOf(current);
}

/** @throws Failure 2 for an integer that a number of this program cannot hold */
function numbered(json: Json, on: string): unknown {
  const large = (json.raw.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? []).find(
    token => /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)),
  );
  if (large !== undefined) throw badInput('Number is not supported', `${on}: ${large}`, 'hand it on as text');
  return JSON.parse(json.raw);
}
