import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createHttp, type HttpOptions, RemoteFailure } from '../../../lib/clients/http.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { type RawAnswer, rawServer } from '../../support/raw-server.ts';

const server = await rawServer();
const proxy = await rawServer((socket, request) => {
  // It goes on with what it was asked for, as a proxy does.
  const [, target = ''] = /^\S+ http:\/\/[^/]+(\/\S*)/.exec(request) ?? [];
  socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy${target.slice(0, 0)}`);
});

beforeEach(() => {
  server.requests.length = 0;
  proxy.requests.length = 0;
});

const client = (options: Partial<HttpOptions> = {}) =>
  createHttp({
    name: 'Store',
    baseUrl: server.url,
    timeoutSeconds: 1,
    budget: createBudget(1.5),
    authorization: async () => 'Bearer canary-7f3a',
    ...options,
  });
const post = { method: 'POST', path: '/records', body: '{}', safeToRepeat: false } as const;

const raw =
  (head: string, body: string | Buffer = '', end = true): RawAnswer =>
  socket => {
    socket.write(`HTTP/1.1 ${head}${end && !head.includes('Connection') ? '\r\nConnection: close' : ''}\r\n\r\n`);
    socket.write(body);
    if (end) socket.end();
  };

async function failure(answer: RawAnswer, options: Partial<HttpOptions> = {}): Promise<RemoteFailure> {
  server.answer = answer;
  const error = await client(options)
    .send(post)
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  if (!(error instanceof RemoteFailure)) throw new Error(`no RemoteFailure but ${String(error)}`);
  return error;
}

describe('a remote that answers otherwise than HTTP', () => {
  it.each<[string, RawAnswer]>([
    ['switches protocols', raw('101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade', '', false)],
    ['and ends', raw('101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade')],
  ])('%s: is said, and not asked again', async (_, answer) => {
    const error = await failure(answer);
    expect(error).toMatchObject({ exitCode: 1, status: null, attempts: 1, unanswered: 1 });
    expect(error.message).toMatch(/^Store speaks another protocol: POST .*\/records answered 101; /);
  });

  const whole = gzipSync(`{"id":"${'x'.repeat(5000)}"}`);
  it.each<[string, RawAnswer]>([
    ['before its length', raw('201 Created\r\nContent-Length: 60', '{"id":"17"}')],
    ['without its last chunk', raw('201 Created\r\nTransfer-Encoding: chunked', 'b\r\n{"id":"17"}\r\n')],
    ['in its headers', socket => socket.end('HTTP/1.1 201 Created\r\nContent-Le')],
    ['in its gzip', raw('201 Created\r\nContent-Encoding: gzip', whole.subarray(0, 12))],
    ['before the last bytes of its gzip', raw('201 Created\r\nContent-Encoding: gzip', whole.subarray(0, -9))],
    ['by no gzip at all', raw('201 Created\r\nContent-Encoding: gzip', '{"id":"17"}')],
    ['by an encoding that nobody asked for', raw('201 Created\r\nContent-Encoding: zstd', '{"id":"17"}')],
    ['by two lengths', raw('201 Created\r\nContent-Length: 2\r\nContent-Length: 3', '{}')],
    ['by never ending', raw('201 Created\r\nContent-Length: 60', '{"id"', false)],
    ['by saying nothing', () => {}],
    ['where a caller accepts it', raw('409 Conflict\r\nContent-Length: 60', 'already')],
  ])('an answer that is cut %s may have been acted on', async (_, answer) => {
    server.answer = answer;
    const error = await client()
      .send({ ...post, accept: [409] })
      .catch(reason => reason);
    expect(error).toMatchObject({ exitCode: 75, status: null, attempts: 1, unanswered: 1 });
  });

  it('says no with a body that is cut, endless or no gzip: no is no', async () => {
    const endless: RawAnswer = socket => {
      socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
      const more = () => socket.writable && socket.write('no '.repeat(10_000), more);
      more();
    };
    const answers = [
      raw('400 Bad Request\r\nContent-Length: 60', 'no'),
      raw('400 Bad Request\r\nContent-Encoding: gzip', 'no'),
      endless,
    ];
    for (const answer of answers)
      expect(await failure(answer)).toMatchObject({ exitCode: 1, status: 400, attempts: 1 });
  });

  it('counts what is decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000));
    const error = await failure(raw('200 OK\r\nContent-Encoding: gzip', bomb));
    expect(error).toMatchObject({ exitCode: 1, status: null, unanswered: 1 });
    expect(error.message).toContain('Store answered too much');
    server.answer = raw('200 OK\r\nContent-Encoding: gzip', bomb);
    expect((await client({ maxAnswerBytes: 3_000_000 }).send(post)).text).toHaveLength(3_000_000);
  });

  it('decompresses what was asked for', async () => {
    server.answer = raw('200 OK\r\nContent-Encoding: gzip', gzipSync('\ufeffgrüße'));
    expect((await client().send(post)).text).toBe('grüße');
    expect(server.requests[0]).toMatch(/accept-encoding: gzip\r/i);
  });

  it('is asked at most at once, and then once a second', async () => {
    const times: number[] = [];
    server.answer = socket => {
      times.push(Date.now());
      socket.end('HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    };
    const repeating = { ...post, safeToRepeat: true };
    await expect(client({ budget: createBudget(3) }).send(repeating)).rejects.toThrow('not available');
    expect(times.length).toBeLessThanOrEqual(3);
    expect(times.length).toBeGreaterThan(1);
  });

  it('is followed nowhere', async () => {
    const elsewhere = await rawServer();
    for (const status of [301, 302, 303, 307, 308])
      expect(await failure(raw(`${status} Moved\r\nLocation: ${elsewhere.url}/`))).toMatchObject({
        exitCode: 1,
        status,
      });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('what is sent', () => {
  it('goes by no proxy where it is plain http', async () => {
    vi.stubEnv('http_proxy', proxy.url);
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('no_proxy', '');
    server.answer = raw('200 OK\r\nContent-Length: 6', 'direct');
    expect((await client().send(post)).text).toBe('direct');
    expect(proxy.requests).toEqual([]);
    vi.unstubAllEnvs();
  });

  it('is not sent where the token took all the time', async () => {
    const late = client({ authorization: () => new Promise(resolve => setTimeout(resolve, 300, 'Bearer x')) });
    server.answer = raw('200 OK');
    const error = await late.send({ ...post, withinMs: 100 }).catch(reason => reason);
    expect(error).toMatchObject({ exitCode: 75, attempts: 0, unanswered: 0 });
    expect(server.requests).toEqual([]);
  });

  it.each([
    'http://127.evil.example',
    'http://127.0.0.1.evil.example',
    'http://localhost.',
    'http://1270.0.0.1.example',
  ])('is not sent to %s, which is not this machine', baseUrl => {
    expect(() => client({ baseUrl })).toThrow('Plain http refused');
  });
});
