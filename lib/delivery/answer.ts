import type { RemoteFailure } from '../clients/http.ts';
import type { JetAnswer } from '../clients/jet.ts';
import { retryAfterMs } from '../clients/retry-after.ts';
import type { Configuration } from '../contracts/configuration.ts';
import type { Delivery } from '../contracts/deployment-record.ts';
import type { DeliveryResult } from '../ledger/change.ts';
import { ExitCode, type Failure, refused } from '../runtime/failure.ts';
import { oneLine } from '../runtime/outside-text.ts';
import { compilePattern } from '../runtime/pattern.ts';

type Answers = Configuration['jet']['answers'];

const FIRST_WAIT_MS = 1_000;
/** What a store asks for one record does not hold the time of all. */
const MAX_ASKED_MS = 5_000;
const EXCERPT = 300;

/** What an answer, or its absence, means for a delivery and for those that are still to be sent. */
export interface Verdict {
  result: DeliveryResult;
  /** Set where the store is still at work: ask again with the same key. How long it asks to wait for that. */
  outstandingMs?: number;
  /** Set where it was given back because it was too late: it is claimed anew. */
  isLate?: true;
  /** Set where nothing else can be sent either. */
  stop?: Failure;
}

/** What the answers of the store mean, and what its refusals, or their absence, do. @throws Failure 2 for a pattern that is none */
export function createMeaning(answers: Answers) {
  const outstanding = compilePattern(answers.outstanding, 'jet.answers.outstanding', 'i');
  const alreadyRecorded = compilePattern(answers.alreadyRecorded, 'jet.answers.alreadyRecorded', 'i');

  function ofAnswer(answer: JetAnswer): Verdict {
    const { status, text, headers, responseId } = answer;
    const told = { httpStatus: status, responseId, ...triesOf(answer) };
    const said = saidBy(status, text);
    if (status === 409 && !isMarkup(text)) {
      if (outstanding.test(text))
        return {
          result: { ...told, state: 'uncertain', detail: `${said}; asked again with the same key` },
          outstandingMs: retryAfterMs(headers),
        };
      if (alreadyRecorded.test(text))
        return { result: { ...told, state: 'duplicate', detail: 'recorded before: the store knew it already' } };
      return { result: { ...told, state: 'rejected', detail: said } };
    }
    const doubt = whyNotRecorded(answer, answers);
    if (doubt === null) return { result: { ...told, state: 'accepted', detail: recordedAs(responseId) } };
    const stop = refused(doubt.what, said, doubt.remedy);
    return { result: { ...told, state: 'uncertain', detail: stop.message }, stop };
  }

  /** Only the store knows what is wrong with a record: what a proxy, or another address, refuses is about all of them. */
  function ofFailure(failure: RemoteFailure): Verdict {
    const { status, text } = failure;
    const told = { httpStatus: status, responseId: null, ...triesOf(failure) };
    if (status !== null && answers.rejected.includes(status) && !isMarkup(text))
      return { result: { ...told, state: 'rejected', detail: rejection(status, text) } };
    const open = failure.unanswered > 0 ? ('uncertain' as const) : ('planned' as const);
    const result = { ...told, state: open, detail: failure.message };
    return failure.exitCode === ExitCode.transient ? { result } : { result, stop: failure };
  }

  return { ofAnswer, ofFailure };
}

/** Nothing was sent: there was no token. */
export const notSent = (failure: Failure): Verdict => ({
  result: {
    state: 'planned',
    httpStatus: null,
    responseId: null,
    attempts: 0,
    repeats: 0,
    detail: failure.message,
  },
  stop: failure,
});

/** Claimed and not sent: it is as it was before, which the ledger knows. */
export function givenBack({ httpStatus, responseId, detail }: Delivery, isLate: boolean): Verdict {
  const told = { httpStatus, responseId, detail, attempts: 0, repeats: 0 };
  return { result: { ...told, state: 'planned' }, ...(isLate && { isLate }) };
}

/**
 * How long to wait before a store that is still at work is asked again: at least a second, twice as long each time.
 * @param before how often it has been asked again already
 */
export const outstandingWaitMs = (askedMs: number, before: number): number =>
  Math.max(Math.min(askedMs, MAX_ASKED_MS), FIRST_WAIT_MS * 2 ** before);

/** Why nobody can tell from an answer that a record was kept. @returns null where it says so */
function whyNotRecorded(answer: JetAnswer, { recorded, empty }: Answers): { what: string; remedy: string } | null {
  const { status, text, headers } = answer;
  const body = text.trim();
  const type = headers['content-type'] ?? '';
  const value = jsonIn(body);
  if (isMarkup(body) || (value === null && /html/i.test(type)))
    return {
      what: 'JET answered with a web page',
      remedy: 'correct jet.url: a login page or another server is there',
    };
  const unclear = (why: string) => ({
    what: `JET does not say that it recorded: ${why}`,
    remedy: 'correct jet.url, or jet.answers where the store answers so',
  });
  if (!recorded.includes(status)) return unclear(`${status} is not in jet.answers.recorded`);
  if (body === '') return empty ? null : unclear('its answer is empty');
  if (value === null) return unclear('its answer is no JSON object');
  if (/problem\+json/i.test(type) || isToldOf(value.error) || isToldOf(value.errors))
    return unclear('its answer tells of an error');
  return null;
}

function jsonIn(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

const isToldOf = (error: unknown): boolean =>
  error !== undefined &&
  error !== null &&
  error !== false &&
  error !== '' &&
  !(Array.isArray(error) && error.length === 0);

const triesOf = ({ attempts, repeats }: { attempts: number; repeats: number }) => ({ attempts, repeats });
const recordedAs = (id: string | null): string => (id === null ? 'recorded' : `recorded as ${id}`);
/** No store answers so, whatever its media type says. */
const isMarkup = (text: string): boolean => text.trimStart().startsWith('<');

const saidBy = (status: number, text: string): string =>
  oneLine(`JET answered ${status}: ${text.trim() === '' ? 'nothing' : text}`, { maxLength: EXCERPT });

function rejection(status: number, text: string): string {
  const said = saidBy(status, text);
  if (status !== 422) return said;
  return `${said}; the store holds another body under this key: ask its owners which one counts, no other key is used`;
}
