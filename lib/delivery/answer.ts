import type { RemoteFailure } from '../clients/http.ts';
import type { JetAnswer } from '../clients/jet.ts';
import type { Configuration } from '../contracts/configuration.ts';
import type { Delivery } from '../contracts/deployment-record.ts';
import type { DeliveryResult } from '../ledger/change.ts';
import { ExitCode, type Failure, refused } from '../runtime/failure.ts';
import { oneLine } from '../runtime/outside-text.ts';
import { compilePattern } from '../runtime/pattern.ts';

const OUTSTANDING_WAIT_MS = 1_000;
const MAX_OUTSTANDING_WAIT_MS = 5_000;
const EXCERPT = 300;

/** What an answer, or its absence, means for a delivery and for those that are still to be sent. */
export interface Verdict {
  result: DeliveryResult;
  /** Set where the store is still at work: ask again with the same key after this time. */
  againAfterMs?: number;
  /** Set where nothing else can be sent either. */
  stop?: Failure;
}

/** Which 409 says what, compiled once. @throws Failure 2 */
export function createMeaning(answers: Configuration['jet']['answers']) {
  const outstanding = compilePattern(answers.outstanding, 'jet.answers.outstanding', 'i');
  const alreadyRecorded = compilePattern(answers.alreadyRecorded, 'jet.answers.alreadyRecorded', 'i');
  return (answer: JetAnswer): Verdict => {
    const told = { httpStatus: answer.status, responseId: answer.responseId, ...triesOf(answer) };
    const said = saidBy(answer.status, answer.text);
    if (answer.status !== 409 && isWebPage(answer)) {
      const stop = refused(
        'JET answered with a web page',
        said,
        'correct jet.url: a login page or another server is there',
      );
      return { result: { ...told, state: 'uncertain', detail: stop.message }, stop };
    }
    if (answer.status !== 409) return { result: { ...told, state: 'accepted', detail: recordedAs(answer.responseId) } };
    if (outstanding.test(answer.text))
      return {
        result: { ...told, state: 'uncertain', detail: `${said}; asked again with the same key` },
        againAfterMs: waitOf(answer.headers['retry-after']),
      };
    if (alreadyRecorded.test(answer.text))
      return { result: { ...told, state: 'duplicate', detail: 'recorded before: the store knew it already' } };
    return { result: { ...told, state: 'rejected', detail: said } };
  };
}

/** What a request that was refused or not answered means. */
export function verdictOf(failure: RemoteFailure): Verdict {
  const { status, text } = failure;
  const told = { httpStatus: status, responseId: null, ...triesOf(failure) };
  const open = failure.unanswered > 0 ? ('uncertain' as const) : ('planned' as const);
  // A redirect and a 401 are about the address and the credentials, not about this record.
  if (
    status === 401 ||
    (status !== null && status < 400) ||
    (status === null && failure.exitCode !== ExitCode.transient)
  )
    return { result: { ...told, state: open, detail: failure.message }, stop: failure };
  if (failure.exitCode === ExitCode.transient) return { result: { ...told, state: open, detail: failure.message } };
  return { result: { ...told, state: 'rejected', detail: rejection(status ?? 0, text) } };
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

/** Claimed and not sent. It is as it was before, unless somebody else had it in between: then it may have been sent. */
export function givenBack({ httpStatus, responseId, detail }: Delivery, isUnsent: boolean, again: boolean): Verdict {
  const told = { httpStatus, responseId, detail, attempts: 0, repeats: 0 };
  return { result: { ...told, state: isUnsent ? 'planned' : 'uncertain' }, ...(again && { againAfterMs: 1 }) };
}

const triesOf = ({ attempts, repeats }: { attempts: number; repeats: number }) => ({ attempts, repeats });
const recordedAs = (id: string | null): string => (id === null ? 'recorded' : `recorded as ${id}`);
const isWebPage = ({ headers, text }: JetAnswer): boolean =>
  (headers['content-type'] ?? '').includes('text/html') && text.trimStart().startsWith('<');

const saidBy = (status: number, text: string): string =>
  oneLine(`JET answered ${status}: ${text.replace(/\s+/g, ' ').slice(0, EXCERPT)}`);

function rejection(status: number, text: string): string {
  const said = saidBy(status, text);
  if (status !== 422) return said;
  return `${said}; the store holds another body under this key: ask its owners which one counts, no other key is used`;
}

function waitOf(retryAfter: string | undefined): number {
  const seconds = Number(retryAfter ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, MAX_OUTSTANDING_WAIT_MS) : OUTSTANDING_WAIT_MS;
}
