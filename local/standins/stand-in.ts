import { setTimeout as sleep } from 'node:timers/promises';
import { HttpResponse, type RequestHandler } from 'msw';
import * as z from 'zod';

/** One request that a stand-in answered or dropped, as it arrived. Authorization is kept as present or absent only. */
export interface Received {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
}

/** A remote system that is not there: handlers for msw in tests, served over HTTP for a local run. */
export interface StandIn {
  handlers: RequestHandler[];
  received: Received[];
}

/** One way to misbehave, for the next `times` requests whose path matches. */
export const Mishap = z.strictObject({
  path: z.string().describe('Regular expression over the path.'),
  times: z.number().int(),
  status: z.number().int().optional().describe('Answer with this status instead of doing anything.'),
  retryAfterSeconds: z.number().optional(),
  body: z.string().optional(),
  contentType: z.string().optional(),
  drop: z
    .enum(['before', 'after'])
    .optional()
    .describe('Close the connection: before anything was done, or after it was done but before the answer.'),
});
export type Mishap = z.infer<typeof Mishap>;

/** What a stand-in does wrong. */
export const Behaviour = z.strictObject({ latencyMs: z.number().optional(), mishaps: z.array(Mishap).optional() });
export type Behaviour = z.infer<typeof Behaviour>;

/**
 * Wraps a stand-in's answer with what it was told to do wrong, and keeps what it received. Another list of mishaps, or
 * another latency, set in the behaviour later counts from the next request on.
 */
export function behaving(
  behaviour: Behaviour,
  received: Received[],
  answer: (request: Request, body: string) => Promise<Response> | Response,
): (info: { request: Request }) => Promise<Response> {
  let told = behaviour.mishaps;
  let left = countdown(told);
  return async ({ request }) => {
    const url = new URL(request.url);
    const body = await request.clone().text();
    received.push(toReceived(request, url, body));
    if (behaviour.latencyMs !== undefined) await sleep(behaviour.latencyMs);
    if (behaviour.mishaps !== told) {
      told = behaviour.mishaps;
      left = countdown(told);
    }
    const mishap = left.find(candidate => candidate.times > 0 && candidate.pattern.test(url.pathname));
    if (mishap === undefined) return answer(request, body);
    mishap.times -= 1;
    if (mishap.drop === 'after') await answer(request, body);
    if (mishap.drop !== undefined) return HttpResponse.error();
    return new HttpResponse(mishap.body ?? '', {
      status: mishap.status ?? 503,
      headers: {
        'Content-Type': mishap.contentType ?? 'text/plain',
        ...(mishap.retryAfterSeconds !== undefined && { 'Retry-After': String(mishap.retryAfterSeconds) }),
      },
    });
  };
}

const countdown = (mishaps: readonly Mishap[] = []) =>
  mishaps.map(mishap => ({ ...mishap, pattern: new RegExp(mishap.path) }));

function toReceived(request: Request, url: URL, body: string): Received {
  const headers = Object.fromEntries(request.headers);
  if (headers.authorization !== undefined) headers.authorization = headers.authorization.replace(/ .*/, ' ***');
  return { method: request.method, path: url.pathname, query: url.search, headers, body };
}
