import http from 'node:http';
import https from 'node:https';
import type { RequestContext } from '@kubernetes/client-node';
import { badInput } from '../runtime/failure.ts';

/** Some hundred large objects; a pod has 512 MiB. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/**
 * One request to the API server. Unlike the library's own it follows no redirect, which would take the token to another port,
 * holds no more than 128 MiB, and ends where the connection does.
 * @throws Failure 2 where the server redirects, switches protocols or answers too much; the error of Node.js where it does not answer
 */
export function ask(context: RequestContext): Promise<RawAnswer> {
  const url = new URL(context.getUrl());
  const body = context.getBody();
  const text = typeof body === 'string' ? body : undefined;
  const signal = context.getSignal();
  const agent = context.getAgent();
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method: context.getHttpMethod().toString(),
        // Node.js announces no body of a DELETE by itself, and with that body go its preconditions.
        headers: { ...context.getHeaders(), ...(text !== undefined && { 'Content-Length': Buffer.byteLength(text) }) },
        ...(signal && { signal }),
        ...(agent && { agent }),
      },
      response => {
        const { statusCode = 0, headers } = response;
        const isRedirect = statusCode >= 300 && statusCode < 400;
        const answered = isRedirect ? Promise.reject(unusable(url, `answered ${statusCode}`)) : textOf(response, url);
        answered.then(
          whole => resolve({ status: statusCode, headers: flatten(headers), text: whole }),
          error => {
            reject(error);
            request.destroy();
          },
        );
      },
    );
    request.on('upgrade', ({ statusCode }, socket) => {
      reject(unusable(url, `answered ${statusCode}`));
      socket.destroy();
    });
    // What fails here is the connection, whatever class its error has.
    request.on('error', ({ message, code }: NodeJS.ErrnoException) =>
      reject(Object.assign(new Error(message), { code })),
    );
    request.end(text);
  });
}

async function textOf(response: http.IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw unusable(url, `answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const unusable = ({ origin, pathname }: URL, why: string) =>
  badInput('API server cannot be used', `${origin}${pathname} ${why}`, 'correct the server in the kubeconfig');

const flatten = (headers: http.IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
