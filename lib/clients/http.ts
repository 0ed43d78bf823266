import axios, { type AxiosInstance } from 'axios';
import type { Budget } from '../runtime/budget.ts';
import { badInput, ExitCode, Failure, refused } from '../runtime/failure.ts';
import { oneLine } from '../runtime/outside-text.ts';
import { type Answer, exchange, type NoAnswer } from './exchange.ts';
import { repeatDelayMs, retryAfterMs } from './retry-after.ts';
import { tlsFailureOf } from './tls-failure.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;
const EXCERPT = 200;
const IN_CLUSTER = /(^localhost$|^127(\.\d+){3}$|^\[::1\]$|\.svc$|\.svc\.cluster\.local$)/;

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH';
  /** Below the base URL; build it with {@link pathOf} wherever a part comes from data. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  /** Whether a second request after a lost answer does no harm. */
  safeToRepeat: boolean;
  /** Statuses other than 2xx that the caller has a meaning for. */
  accept?: readonly number[];
  /** An end before that of the budget, in milliseconds from now. */
  withinMs?: number;
}

/** How often it was tried. */
export interface Tries {
  /** Requests started, the answered one included. */
  attempts: number;
  /** Requests that the remote may have acted on, nobody knows: the answer was lost, or was a 5xx other than 503. */
  unanswered: number;
  /** Requests that followed such a one: each may have been acted on again. */
  repeats: number;
}

export interface HttpAnswer extends Answer, Tries {}

export interface Http {
  /** @throws RemoteFailure where the answer is neither 2xx nor accepted, or none arrived */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpOptions {
  /** The remote's name in messages. */
  name: string;
  baseUrl: string;
  timeoutSeconds: number;
  budget: Budget;
  /** Value of the Authorization header, asked for each request. */
  authorization?: () => Promise<string>;
  /** Where the credentials are kept, in words: what to mend where they are not accepted. */
  credentials?: string;
  /** A larger answer is not read to its end. 1 MiB where it is not said. */
  maxAnswerBytes?: number;
  /** What of an answer may be shown, where that is not all. */
  quotable?: (text: string) => string;
}

/** The remote refused, failed, or did not answer. It never carries the HTTP library's error, which prints credentials. */
export class RemoteFailure extends Failure implements Tries {
  override readonly name = 'RemoteFailure';
  /** null where no answer arrived. */
  readonly status: number | null;
  readonly text: string;
  readonly attempts: number;
  readonly unanswered: number;
  readonly repeats: number;

  constructor(
    exitCode: ExitCode,
    what: string,
    on: string,
    remedy: string,
    answer: { status: number | null; text: string } & Tries,
  ) {
    super(exitCode, what, on, remedy);
    this.status = answer.status;
    this.text = answer.text;
    this.attempts = answer.attempts;
    this.unanswered = answer.unanswered;
    this.repeats = answer.repeats;
  }
}

/**
 * Joins path segments that come from data: each is encoded, so that none can leave its place.
 * @throws Failure 1 for a segment that has no place: `.` and `..`, which no encoding keeps, nothing, and half a character
 */
export function pathOf(...segments: string[]): string {
  const misplaced = segments.find(segment => /^\.{0,2}$/.test(segment) || /\p{Surrogate}/u.test(segment));
  if (misplaced === undefined) return segments.map(segment => `/${encodeURIComponent(segment)}`).join('');
  throw refused('Not a name', `"${misplaced}" in ${segments.join('/')}`, 'nothing is asked for it: correct the name');
}

/**
 * The one place that talks HTTP: it decides what a status code means, always has a timeout, follows no redirect (credentials
 * go to no other host), and repeats what is safe to repeat on 429, 502, 503, 504 and where no whole answer arrived, honouring
 * Retry-After, inside the budget. Plain http uses no proxy.
 * @throws Failure 2 where the URL is plain http and leaves the machine or the cluster
 */
export function createHttp(options: HttpOptions): Http {
  const base = new URL(options.baseUrl);
  if (base.protocol === 'http:' && !IN_CLUSTER.test(base.hostname))
    throw badInput(
      'Plain http refused',
      `${options.name} ${base.origin}`,
      'use https; http is for localhost and *.svc only',
    );
  const client = axios.create({
    baseURL: base.href.replace(/\/$/, ''),
    maxRedirects: 0,
    headers: { 'Accept-Encoding': 'gzip' },
    // A proxy is another machine, and plain http is for this one and the cluster.
    ...(base.protocol === 'http:' && { proxy: false }),
  });
  return { send: request => send(client, base, options, request) };
}

async function send(client: AxiosInstance, base: URL, options: HttpOptions, request: HttpRequest): Promise<HttpAnswer> {
  const { name, timeoutSeconds, maxAnswerBytes: maxBytes = MAX_ANSWER_BYTES } = options;
  const endsAt = Date.now() + Math.min(options.budget.remainingMs(), request.withinMs ?? Number.POSITIVE_INFINITY);
  const tries = { attempts: 0, unanswered: 0, repeats: 0 };
  const where = `${request.method} ${base.origin}${base.pathname.replace(/\/$/, '')}${request.path}`;
  const isWanted = (status: number) => (status >= 200 && status < 300) || (request.accept?.includes(status) ?? false);
  for (;;) {
    const authorization = await options.authorization?.();
    const leftMs = endsAt - Date.now();
    if (leftMs <= 0) throw unanswered(name, where, 'the time budget is used up', tries);
    tries.attempts += 1;
    if (tries.unanswered > 0) tries.repeats += 1;
    const answer = await exchange(
      client,
      {
        method: request.method,
        url: request.path,
        ...(request.query && { params: request.query }),
        headers: { ...request.headers, ...(authorization !== undefined && { Authorization: authorization }) },
        ...(request.body !== undefined && { data: request.body }),
      },
      { timeoutMs: Math.min(timeoutSeconds * 1000, leftMs), maxBytes, isWanted },
    );
    if (answer.status !== null && isWanted(answer.status)) return { ...answer, ...tries };
    if (isUnanswered(answer)) tries.unanswered += 1;
    const delay = repeatDelayMs(tries.attempts, answer.status === null ? 0 : retryAfterMs(answer.headers));
    // 429 says that nothing was done, so even a request that must not run twice is repeated.
    const mayRepeat = isWorthIt(answer) && (request.safeToRepeat || answer.status === 429);
    if (!mayRepeat || Date.now() + delay >= endsAt) throw toFailure(options, where, answer, tries);
    await new Promise(resolve => setTimeout(resolve, delay));
  }
}

const RETRIED = new Set([429, 502, 503, 504]);
/** What would be the same again. */
const LASTING = new Set(['TOO_LARGE', 'UPGRADED']);
/** The connection was never made, so nothing was sent. */
const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const isWorthIt = (answer: Answer | NoAnswer): boolean =>
  answer.status === null
    ? tlsFailureOf(answer.code, answer.message) === null && !LASTING.has(answer.code)
    : RETRIED.has(answer.status);

const isUnanswered = (answer: Answer | NoAnswer): boolean =>
  answer.status === null
    ? tlsFailureOf(answer.code, answer.message) === null && !UNSENT.has(answer.code)
    : answer.status >= 500 && answer.status !== 503;

function toFailure(options: HttpOptions, where: string, answer: Answer | NoAnswer, tries: Tries): RemoteFailure {
  const { name, maxAnswerBytes = MAX_ANSWER_BYTES, quotable = String } = options;
  if (answer.status === null) {
    const { code, message } = answer;
    const none = { status: null, text: '', ...tries };
    const tls = tlsFailureOf(code, message);
    if (tls !== null)
      return new RemoteFailure(ExitCode.input, `${name} ${tls.what}`, `${where} ${code}`, tls.remedy, none);
    if (code === 'UPGRADED')
      return new RemoteFailure(
        ExitCode.refused,
        `${name} speaks another protocol`,
        `${where} ${message}`,
        URL_REMEDY,
        none,
      );
    if (code !== 'TOO_LARGE') return unanswered(name, where, code, tries);
    const size = `${where}: more than ${maxAnswerBytes} bytes`;
    return new RemoteFailure(ExitCode.refused, `${name} answered too much`, size, URL_REMEDY, none);
  }
  const { status, text } = answer;
  const excerpt = oneLine(quotable(text), { maxLength: EXCERPT });
  const on = `${where} answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`;
  const kept = { status, text, ...tries };
  if (status === 408 || status === 429 || status >= 500)
    return new RemoteFailure(ExitCode.transient, `${name} is not available`, on, 'it is tried again', kept);
  return new RemoteFailure(ExitCode.refused, `${name} refused`, on, remedyFor(status, options), kept);
}

const URL_REMEDY = 'check what its URL names';

function unanswered(name: string, where: string, reason: string, tries: Tries): RemoteFailure {
  // A name that nobody knows may be wrong, or not there yet: a Service that starts has none either.
  const remedy = reason === 'ENOTFOUND' ? 'check the host of the URL; it is tried again' : 'it is tried again';
  const none = { status: null, text: '', ...tries };
  return new RemoteFailure(ExitCode.transient, `${name} does not answer`, `${where} ${reason}`, remedy, none);
}

function remedyFor(status: number, { credentials }: HttpOptions): string {
  if (status === 401 && credentials !== undefined) return `correct ${credentials}: it was not accepted`;
  if (status === 401) return 'check the credentials: they were not accepted';
  if (status === 403) return 'give these credentials the permission';
  if (status >= 300 && status < 400) return 'configure the URL that it redirects to';
  return 'compare the request with what the remote documents';
}
