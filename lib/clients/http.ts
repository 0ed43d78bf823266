import axios, { type AxiosError, type AxiosInstance, isAxiosError } from 'axios';
import axiosRetry, { exponentialDelay } from 'axios-retry';
import type { Budget } from '../runtime/budget.ts';
import { badInput, ExitCode, Failure } from '../runtime/failure.ts';
import { retryAfterMs } from './retry-after.ts';
import { tlsFailureOf } from './tls-failure.ts';

const MAX_BACKOFF_MS = 5_000;
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;
const EXCERPT = 200;
const IN_CLUSTER = /(^localhost$|^127\.|^\[::1\]$|\.svc$|\.svc\.cluster\.local$)/;

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

export interface HttpAnswer extends Tries {
  status: number;
  headers: Record<string, string>;
  text: string;
}

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
  /** A larger answer is not read to its end. */
  maxAnswerBytes?: number;
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

/** Joins path segments that come from data: each is encoded, so that none can leave its place. */
export const pathOf = (...segments: string[]): string =>
  segments.map(segment => `/${encodeURIComponent(segment)}`).join('');

/**
 * The one place that talks HTTP: it decides what a status code means, always has a timeout, follows no redirect (credentials
 * go to no other host), and repeats what is safe to repeat on 429, 502, 503, 504 and connection errors, honouring
 * Retry-After, inside the budget.
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
    responseType: 'text',
    transformResponse: [(data: unknown) => data],
    maxContentLength: options.maxAnswerBytes ?? MAX_ANSWER_BYTES,
    maxBodyLength: MAX_ANSWER_BYTES,
  });
  axiosRetry(client);
  return { send: request => send(client, base, options, request) };
}

async function send(client: AxiosInstance, base: URL, options: HttpOptions, request: HttpRequest): Promise<HttpAnswer> {
  const endsAt = Date.now() + Math.min(options.budget.remainingMs(), request.withinMs ?? Number.POSITIVE_INFINITY);
  const count = { attempts: 0, unanswered: 0, repeats: 0 };
  const where = `${request.method} ${base.origin}${base.pathname.replace(/\/$/, '')}${request.path}`;
  if (endsAt <= Date.now()) throw unanswered(options.name, where, 'the time budget is used up', count);
  try {
    const authorization = await options.authorization?.();
    const answer = await client.request<string>({
      method: request.method,
      url: request.path,
      ...(request.query && { params: request.query }),
      headers: { ...request.headers, ...(authorization !== undefined && { Authorization: authorization }) },
      ...(request.body !== undefined && { data: request.body }),
      timeout: Math.max(1, Math.min(options.timeoutSeconds * 1000, endsAt - Date.now())),
      signal: AbortSignal.timeout(Math.max(1, endsAt - Date.now())),
      validateStatus: status => {
        count.attempts += 1;
        return (status >= 200 && status < 300) || (request.accept?.includes(status) ?? false);
      },
      'axios-retry': retryPolicy(request, endsAt, count),
    });
    return { status: answer.status, headers: flatten(answer.headers), text: answer.data ?? '', ...count };
  } catch (error) {
    if (error instanceof Failure || !isAxiosError(error)) throw error;
    throw toFailure(options, where, error, count);
  }
}

function retryPolicy(request: HttpRequest, endsAt: number, count: Tries) {
  let retry = 0;
  let delay = 0;
  return {
    retries: Number.POSITIVE_INFINITY,
    shouldResetTimeout: true,
    retryCondition(error: AxiosError): boolean {
      const status = error.response?.status;
      if (status === undefined) count.attempts += 1;
      if (isUnanswered(error)) count.unanswered += 1;
      retry += 1;
      delay = Math.max(retryAfterMs(error), Math.min(exponentialDelay(retry, undefined, 100), MAX_BACKOFF_MS));
      const worthIt = status === undefined ? !isTls(error) && !isTooLarge(error) : RETRIED.has(status);
      // 429 says that nothing was done, so even a request that must not run twice is repeated.
      const again = worthIt && (request.safeToRepeat || status === 429) && Date.now() + delay < endsAt;
      if (again && count.unanswered > 0) count.repeats += 1;
      return again;
    },
    retryDelay: () => delay,
  };
}

const RETRIED = new Set([429, 502, 503, 504]);
/** The connection was never made, so nothing was sent. */
const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const isTls = ({ code, message }: AxiosError): boolean => tlsFailureOf(code, message) !== null;
const isTooLarge = ({ response, message }: AxiosError): boolean =>
  response === undefined && message.startsWith('maxContentLength');
const isUnanswered = (error: AxiosError): boolean =>
  error.response === undefined
    ? !isTls(error) && !UNSENT.has(error.code ?? '')
    : error.response.status >= 500 && error.response.status !== 503;

function toFailure(options: HttpOptions, where: string, error: AxiosError, tries: Tries): RemoteFailure {
  const { name } = options;
  if (error.response === undefined) {
    const none = { status: null, text: '', ...tries };
    const tls = tlsFailureOf(error.code, error.message);
    if (tls !== null)
      return new RemoteFailure(ExitCode.input, `${name} ${tls.what}`, `${where} ${error.code}`, tls.remedy, none);
    if (!isTooLarge(error)) return unanswered(name, where, error.code ?? 'no answer', tries);
    const size = `${where}: more than ${options.maxAnswerBytes ?? MAX_ANSWER_BYTES} bytes`;
    return new RemoteFailure(ExitCode.refused, `${name} answered too much`, size, 'check what its URL names', none);
  }
  const { status } = error.response;
  const text = typeof error.response.data === 'string' ? error.response.data : '';
  const on = `${where} answered ${status}${excerpt(text)}`;
  const answer = { status, text, ...tries };
  if (status === 408 || status === 429 || status >= 500)
    return new RemoteFailure(ExitCode.transient, `${name} is not available`, on, 'it is tried again', answer);
  return new RemoteFailure(ExitCode.refused, `${name} refused`, on, remedyFor(status, options), answer);
}

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

const excerpt = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  return `: ${line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line}`;
};

const flatten = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
