import pLimit from 'p-limit';
import type { Budget } from '../runtime/budget.ts';
import { refused, transient } from '../runtime/failure.ts';
import { oneLine } from '../runtime/outside-text.ts';
import { type Http, type HttpAnswer, type HttpRequest, RemoteFailure } from './http.ts';
import { suspensionMs } from './retry-after.ts';

interface Limits {
  /** Requests at a time. */
  concurrency: number;
  budget: Budget;
  /** Where the credentials are kept, in words. */
  credentials: string;
}

/**
 * An Http that does not get its account locked out. Artifactory suspends a user after a few failed logins, so the first
 * request goes alone, and after a 401 none follows; where the caller accepts a 401, none to the same part of the API.
 * A 403 that says "try again in N second(s)" is such a suspension, which also hits right credentials: it is waited for
 * inside the budget.
 */
export function createPoliteHttp(http: Http, options: Limits): Http {
  const limit = pLimit(options.concurrency);
  let first: Promise<HttpAnswer> | undefined;
  let refusal: RemoteFailure | undefined;
  const denied = new Map<string, HttpAnswer>();
  const send = async (request: HttpRequest) => {
    if (refusal !== undefined) throw refusal;
    const before = denied.get(apiOf(request));
    if (before !== undefined) return before;
    try {
      const answer = await sendPatiently(http, options, request);
      if (answer.status === 401) denied.set(apiOf(request), answer);
      return answer;
    } catch (error) {
      if (error instanceof RemoteFailure && error.status === 401) refusal = error;
      throw error;
    }
  };
  return {
    async send(request) {
      if (first === undefined) {
        first = send(request);
        return first;
      }
      await first.catch(() => {});
      return limit(() => send(request));
    },
  };
}

/** The part of the REST API that a request is for, such as /api/docker: each has its own ways to log in. */
const apiOf = ({ path }: HttpRequest): string => path.split('/', 3).join('/');

async function sendPatiently(http: Http, { budget, credentials }: Limits, request: HttpRequest): Promise<HttpAnswer> {
  for (let waits = 0; ; waits += 1) {
    const answer = await http.send({ ...request, accept: [...(request.accept ?? []), 403] });
    if (answer.status !== 403) return answer;
    const on = `${request.method} ${request.path} answered 403: ${oneLine(answer.text, { maxLength: 200 })}`;
    const waitMs = suspensionMs(answer.text, waits);
    if (waitMs === null) {
      if (request.accept?.includes(403)) return answer;
      throw refused('Artifactory refused', on, `give the account of ${credentials} the permission`);
    }
    if (!(await budget.wait(waitMs))) throw transient('Artifactory has suspended the account', on, 'it is tried again');
  }
}
