import { hash } from 'node:crypto';
import * as z from 'zod';
import { EventEnvelope, FinishedPhase } from '../contracts/sync-event.ts';
import { badInput } from '../runtime/failure.ts';
import { parseAs, parseJson } from '../runtime/parse.ts';

/** An event that came through the EventBus is smaller: NATS refuses a message over 1 MiB. */
const MAX_BYTES = 1024 * 1024;
const MAX_NAME = 40;
/** The escape, where the backslash is not escaped itself; a bare NUL is no JSON. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;
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
  const event = parseAs(EventEnvelope, value, on, REMEDY);
  checkIdentity(event, on);
  return event;
}

/** First 16 hexadecimal digits of sha256("<uid>/<startedAt>"): the operation, whoever reports it. */
export const operationId = (uid: string, startedAt: string): string =>
  hash('sha256', `${uid}/${startedAt}`, 'hex').slice(0, 16);

const tooLarge = (bytes: number, on: string) =>
  badInput('Event is too large', `${on}, ${bytes} bytes`, `at most ${MAX_BYTES} bytes are read`);

function decodeBase64(text: string, on: string): string {
  const compact = text.replace(/\s+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  // Node skips what is not base64; only a text that survives the way back was base64.
  const isBase64 = compact !== '' && bytes.toString('base64').replace(/=+$/, '') === compact.replace(/=+$/, '');
  if (!isBase64) throw badInput('Neither JSON nor base64', on, REMEDY);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput('Not UTF-8 within base64', on, REMEDY);
  }
}

const Phase = z.object({ data: z.object({ phase: z.string() }) });

/** Before the contract, which would not name the phase. */
function refuseUnfinished(value: unknown, on: string): void {
  const phase = Phase.safeParse(value).data?.data.phase;
  if (phase === undefined || FinishedPhase.safeParse(phase).success) return;
  throw unknownPhase(phase, `${on}: data.phase`);
}

/** @throws Failure 2 naming the phase */
export const unknownPhase = (phase: string, on: string) =>
  badInput(
    'Not the phase of a finished operation',
    `${on} ${JSON.stringify(phase.slice(0, 60))}`,
    `only ${FinishedPhase.options.join(', ')} are known; upgrade aftersync where Argo CD is newer`,
  );

function checkIdentity({ id, name, data }: EventEnvelope, on: string): void {
  const expected = operationId(data.uid, data.startedAt);
  if (id !== expected)
    throw badInput('Event names another operation', `${on}: id ${id}, uid and startedAt give ${expected}`, REMEDY);
  const cut = data.application.slice(0, MAX_NAME);
  // The sender may drop a dot or a dash that the cut left at the end.
  const names = [cut.replace(/[.-]+$/, ''), cut].map(start => `${start}-${id}`);
  if (!names.includes(name))
    throw badInput('Event names another Workflow', `${on}: name ${name}, expected ${names[0]}`, REMEDY);
}
