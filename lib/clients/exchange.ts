import http from 'node:http';
import https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { type AxiosInstance, type AxiosRequestConfig, isAxiosError } from 'axios';

/** Of an answer that says no: it is quoted, and looked at for a word. */
const MAX_REFUSAL_BYTES = 64 * 1024;
const DECODERS = { gzip: createUnzip, 'x-gzip': createUnzip, deflate: createUnzip, br: createBrotliDecompress };

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  text: string;
}

/** No answer arrived, or not all of it. Nothing of the request is kept: it holds credentials. */
export interface NoAnswer {
  status: null;
  /** Of Node.js, OpenSSL or zlib; `TOO_LARGE`; `UPGRADED` where the remote switched to another protocol. */
  code: string;
  message: string;
}

export interface Bounds {
  /** From the connection to the last byte. */
  timeoutMs: number;
  /** Of an answer that is wanted, after it is decompressed. */
  maxBytes: number;
  /** Which statuses the caller has a meaning for: of these no answer is one that was cut, or that is no gzip. */
  isWanted: (status: number) => boolean;
}

/** One request and its answer. It ends, whatever the remote does, and the process does not end before it. */
export async function exchange(
  client: AxiosInstance,
  request: AxiosRequestConfig,
  { timeoutMs, ...bounds }: Bounds,
): Promise<Answer | NoAnswer> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<NoAnswer>(resolve => {
    timer = setTimeout(() => resolve({ status: null, code: 'ETIMEDOUT', message: '' }), timeoutMs);
  });
  try {
    return await Promise.race([answerOf(client, { ...request, signal: stop.signal }, bounds), late]);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

async function answerOf(
  client: AxiosInstance,
  request: AxiosRequestConfig,
  { maxBytes, isWanted }: Omit<Bounds, 'timeoutMs'>,
): Promise<Answer | NoAnswer> {
  try {
    const options = { responseType: 'stream', decompress: false, validateStatus: null, transport } as const;
    const { status, headers, data } = await client.request<Readable>({ ...request, ...options });
    const wanted = isWanted(status);
    const isEmpty = request.method === 'HEAD' || status === 204;
    const body = isEmpty ? data : decoded(data, String(headers['content-encoding'] ?? '').toLowerCase());
    const text = await textOf(body, wanted ? { maxBytes } : null);
    return { status, headers: flatten(headers), text };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    // A bug, and no matter of the remote.
    if (!isAxiosError(error) && (typeof code !== 'string' || code.startsWith('ERR_INVALID'))) throw error;
    return { status: null, code: typeof code === 'string' ? code : 'no answer', message };
  }
}

/** Node.js says nothing of a connection that became another protocol, and nobody listens. */
const transport = {
  request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest {
    const request = (options.protocol === 'https:' ? https : http).request(options, onResponse);
    request.once('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      request.emit('error', failing('UPGRADED', `answered ${statusCode}`));
    });
    return request;
  },
};

/** @throws where the remote uses what it was not asked for */
function decoded(body: Readable, encoding: string): Readable {
  if (encoding === '' || encoding === 'identity') return body;
  if (!Object.hasOwn(DECODERS, encoding)) throw failing('UNKNOWN_ENCODING', encoding);
  // What fails in one is seen in the last.
  return pipeline(body, DECODERS[encoding as keyof typeof DECODERS](), () => {});
}

/** @param wanted null where a part will do */
async function textOf(body: Readable, wanted: { maxBytes: number } | null): Promise<string> {
  const chunks: Buffer[] = [];
  let room = wanted?.maxBytes ?? MAX_REFUSAL_BYTES;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, room));
      room -= chunk.length;
      if (room < 0 && wanted !== null) throw failing('TOO_LARGE', 'answer');
      if (room < 0) break;
    }
  } catch (error) {
    if (wanted !== null) throw error;
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

const failing = (code: string, message: string): Error => Object.assign(new Error(message), { code });

const flatten = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
