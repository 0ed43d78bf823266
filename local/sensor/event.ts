import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import { type Json, readJson } from './json-text.ts';

/** What a Sensor is given: the data of the event, and what Argo Events wrote around it where that is known. */
export interface SensorEvent {
  data: Json;
  context?: Json;
}

const Whole = z.strictObject({ context: z.record(z.string(), z.unknown()), data: z.base64() });

/**
 * An event of a file: its data, for a webhook `{"header", "body", "metadata"}`, or a whole event of Argo Events,
 * `{"context": {…}, "data": "<base64>"}`.
 * @throws Failure 2
 */
export function readEvent(text: string, on: string): SensorEvent {
  const json = read(text, on);
  if (json.type !== 'object' || !Whole.safeParse(JSON.parse(text)).success) return { data: json };
  const { data } = Whole.parse(JSON.parse(text));
  const context = json.entries.find(([name]) => name === 'context')?.[1];
  return {
    data: read(Buffer.from(data, 'base64').toString('utf8'), `${on}: data`),
    ...(context !== undefined && { context }),
  };
}

function read(text: string, on: string): Json {
  try {
    return readJson(text);
  } catch {
    throw badInput('Not JSON', on, 'give the data of an event, such as {"header": {}, "body": {}} of a webhook');
  }
}
