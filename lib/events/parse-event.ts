import { hash } from 'node:crypto';
import * as z from 'zod';
import { wholeSeconds } from '../contracts/primitives.ts';
import { EventEnvelope, FinishedPhase } from '../contracts/sync-event.ts';
import { badInput } from '../runtime/failure.ts';
import { parseAs, parseJson } from '../runtime/parse.ts';

/** An event that came through the EventBus is smaller: NATS refuses a message over 1 MiB. */
const MAX_BYTES = 1024 * 1024;
const MAX_NAME = 40;
/** The escape, where the backslash is not escaped itself; a bare NUL is no JSON. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const REMEDY = 'give the event as Argo CD sent it: docs/reference describes EventEnvelope';

/**
 * Reads an event: JSON, or base64 of JSON. Its identity is computed again, because it names the Workflow and the record.
 * @param on the flag it came with
 * @throws Failure 2
 */
export function parseEvent(text: string, on: string): EventEnvelope {
  if (text.length > 2 * MAX_BYTES) throw tooLarge(text.length, on);
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const json = trimmed.startsWith('{') ? trimmed : decodeBase64(trimmed, on);
  if (Buffer.byteLength(json) > MAX_BYTES) throw tooLarge(Buffer.byteLength(json), on);
  const value = parseJson(json, on, REMEDY);
  if (NUL.test(json)) throw badInput('NUL character', on, 'no text of an Application holds one: refuse its sender');
  refuseUnfinished(value, on);
  return identified(parseAs(EventEnvelope, value, on, REMEDY), on);
}

/**
 * First 16 hexadecimal digits of sha256("<uid>/<startedAt>"): the operation, whoever reports it. Argo CD's times are whole
 * seconds; another spelling of the same second is the same operation.
 */
export const operationId = (uid: string, startedAt: string): string => idOf(uid, wholeSeconds(startedAt) ?? startedAt);

const idOf = (uid: string, startedAt: string): string => hash('sha256', `${uid}/${startedAt}`, 'hex').slice(0, 16);

const tooLarge = (bytes: number, on: string) =>
  badInput('Event is too large', `${on}, ${bytes} bytes`, `at most ${MAX_BYTES} bytes are read`);

function decodeBase64(text: string, on: string): string {
  const compact = text.replace(/\s+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  // Node skips what is not base64; only a text that survives the way back was base64.
  const isBase64 = BASE64.test(compact) && unpadded(bytes.toString('base64')) === unpadded(compact);
  if (!isBase64) throw badInput('Neither JSON nor base64', on, REMEDY);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput('Not UTF-8 within base64', on, REMEDY);
  }
}

const unpadded = (base64: string): string => base64.replace(/={1,2}$/, '');

const Phase = z.object({ data: z.object({ phase: z.string() }) });

/** Before the contract, which would not name the phase. */
function refuseUnfinished(value: unknown, on: string): void {
  const phase = Phase.safeParse(value).data?.data.phase;
  if (phase === undefined || FinishedPhase.safeParse(phase).success) return;
  throw unknownPhase(phase, `${on}: data.phase`);
}

/** @throws Failure 2 naming the phase */
export function unknownPhase(phase: string, on: string) {
  const known = `only ${FinishedPhase.options.join(', ')} are`;
  return badInput(
    'Not the phase of a finished operation',
    `${on} ${JSON.stringify(phase.slice(0, 60))}`,
    UNFINISHED.has(phase)
      ? `${known}: the operation goes on; send its event when it has ended, as the trigger in event-sources/argocd does`
      : `${known} known; upgrade aftersync where Argo CD is newer`,
  );
}

const UNFINISHED = new Set(['Running', 'Terminating']);

/** The event with the one id of its operation, whatever spelling of its start the sender took. */
function identified(event: EventEnvelope, on: string): EventEnvelope {
  const { id, name, data } = event;
  const startedAt = wholeSeconds(data.startedAt);
  if (startedAt === null) throw badInput('Not a time', `${on}: data.startedAt ${data.startedAt}`, REMEDY);
  const expected = [operationId(data.uid, startedAt), idOf(data.uid, data.startedAt)];
  if (!expected.includes(id))
    throw badInput('Event names another operation', `${on}: id ${id}, uid and startedAt give ${expected[0]}`, REMEDY);
  const cut = data.application.slice(0, MAX_NAME);
  // The sender may drop a dot or a dash that the cut left at the end.
  const names = [cut.replace(/[.-]+$/, ''), cut].map(start => `${start}-${id}`);
  if (!names.includes(name))
    throw badInput('Event names another Workflow', `${on}: name ${name}, expected ${names[0]}`, REMEDY);
  return { ...event, id: operationId(data.uid, startedAt), data: { ...data, startedAt } };
}
