import * as z from 'zod';
import type { EventEnvelope } from '../contracts/sync-event.ts';
import { operationId, parseEvent } from '../events/parse-event.ts';
import { badInput, Failure } from '../runtime/failure.ts';
import { encodeEvent, type WorkflowStart } from '../workflows/post-deployment.ts';

/** Label of the ConfigMaps that the Sensor's dlqTrigger makes; its value is `true` until the event was replayed. */
export const DEAD_LETTER_LABEL = 'aftersync.dev/dead-letter';

/** What a list says of an event that could not start a Workflow. */
export interface ListedDeadLetter {
  /** Name of its ConfigMap. */
  name: string;
  /** When it was kept, RFC 3339. */
  at: string;
  replayed: boolean;
}

/** An event that could not start a Workflow, as the Sensor kept it. */
export interface DeadLetter extends ListedDeadLetter {
  /** What the EventSource handed to the Sensor, as JSON: header and body. null where the ConfigMap holds none. */
  event: string | null;
}

/** Only the body: its headers hold the token of the webhook. */
const Kept = z.object({ body: z.object({ event: z.unknown() }) });
const MAX_NAME = 40;
/** Ours have 85 kB at most; what is larger is nothing that a pod's template could hold, and is not looked into. */
const MAX_LENGTH = 256 * 1024;

/**
 * The Workflow that the kept event would have started, under the name of its operation: a Workflow that is there already is
 * the same one. Its event is always written anew as base64, whatever was kept: Argo Workflows evaluates a parameter that holds
 * a template tag.
 * @throws Failure 2 saying what is wrong with the event, whatever that is; it stays where it is
 */
export function startOf(letter: DeadLetter): WorkflowStart & { envelope: EventEnvelope } {
  const on = `dead letter ${letter.name}`;
  const length = letter.event?.length ?? 0;
  if (length > MAX_LENGTH) throw unusable(on, `it has ${length} characters, at most ${MAX_LENGTH} are read`);
  try {
    return startOfEvent(letter.event ?? '', on);
  } catch (error) {
    throw error instanceof Failure ? error : unusable(on, `it cannot be read (${(error as Error).name})`);
  }
}

function startOfEvent(kept: string, on: string): WorkflowStart & { envelope: EventEnvelope } {
  const event = Kept.safeParse(jsonOf(kept)).data?.body.event;
  if (event === undefined) throw unusable(on, 'it holds no event: the request had no field `event`');
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  try {
    const envelope = parseEvent(text, on);
    return { name: envelope.name, event: Buffer.from(toJson(text)).toString('base64'), envelope };
  } catch (error) {
    const mended = withIdentity(text);
    if (mended === null || !(error instanceof Failure)) throw error;
    const envelope = parseEvent(JSON.stringify(mended), on);
    return { name: envelope.name, event: encodeEvent(mended), envelope };
  }
}

/** Its JSON, as the sender wrote it. @param text JSON, or base64 of it */
function toJson(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  return trimmed.startsWith('{') ? trimmed : Buffer.from(trimmed, 'base64').toString('utf8');
}

const Facts = z.looseObject({
  data: z.looseObject({ uid: z.string(), startedAt: z.string(), application: z.string() }),
});

/** An event that lacks its id or its name: both follow from what it says of the operation. An id that contradicts stays. */
function withIdentity(text: string): object | null {
  const envelope = Facts.safeParse(jsonOf(toJson(text))).data;
  if (envelope === undefined || (envelope.id !== undefined && envelope.name !== undefined)) return null;
  const { uid, startedAt, application } = envelope.data;
  const id = operationId(uid, startedAt);
  return { id, name: `${application.slice(0, MAX_NAME).replace(/[.-]+$/, '')}-${id}`, ...envelope };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const unusable = (on: string, what: string) =>
  badInput('Event cannot be replayed', `${on}: ${what}`, 'look at what the sender posts; the event stays kept');
