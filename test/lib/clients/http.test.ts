import { createServer } from 'node:http';
import { HttpResponse, http, passthrough } from 'msw';
import { describe, expect, it } from 'vitest';
import { createHttp, pathOf, RemoteFailure } from '../../../lib/clients/http.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { ExitCode, Failure } from '../../../lib/runtime/failure.ts';
import { remotes } from '../../support/remotes.ts';

const network = remotes();

const client = (seconds = 5) =>
  createHttp({
    name: 'Store',
    baseUrl: 'https://store.example.com/api',
    timeoutSeconds: 2,
    budget: createBudget(seconds),
    authorization: async () => 'Bearer canary-7f3a',
  });

/** A remote that gives the listed answers one after the other, the last one for ever, and counts. */
function answering(...answers: (() => Response)[]) {
  const seen: Request[] = [];
  const handler = http.all('https://store.example.com/api/*', ({ request }) => {
    seen.push(request);
    return (answers[Math.min(seen.length, answers.length) - 1] ?? HttpResponse.error)();
  });
  network.use({ handlers: [handler] });
  return seen;
}

const failure = async (work: Promise<unknown>): Promise<RemoteFailure> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RemoteFailure)) throw new Error(`no RemoteFailure but ${String(error)}`);
  return error;
};

const status =
  (code: number, body = '', headers = {}) =>
  () =>
    new HttpResponse(body, { status: code, headers });
const post = { method: 'POST', path: '/records', body: '{}', safeToRepeat: true } as const;

describe('HTTP client', () => {
  it('sends authorization and answers with status, headers and text', async () => {
    const seen = answering(status(201, 'made', { 'X-Id': '7' }));
    const answer = await client().send(post);
    expect(answer).toMatchObject({ status: 201, text: 'made', attempts: 1, unanswered: 0 });
    expect(answer.headers['x-id']).toBe('7');
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer canary-7f3a');
  });

  it.each([
    [429, 0],
    [502, 2],
    [503, 0],
    [504, 2],
  ])('repeats on %i, and knows whether it may have been acted on', async (code, inDoubt) => {
    answering(status(code), status(code), status(200, 'fine'));
    const tries = { attempts: 3, unanswered: inDoubt, repeats: inDoubt };
    expect(await client().send(post)).toMatchObject({ status: 200, ...tries });
  });

  it('repeats after a lost connection and says so', async () => {
    answering(HttpResponse.error, status(200));
    expect(await client().send(post)).toMatchObject({ attempts: 2, unanswered: 1, repeats: 1 });
  });

  it('knows that nothing was sent where no connection was made', async () => {
    const budget = createBudget(20);
    const closed = createHttp({ name: 'Store', baseUrl: 'http://localhost:1', timeoutSeconds: 20, budget });
    network.use({ handlers: [http.all('http://localhost:1/*', () => passthrough())] });
    // Asked once: a budget that ends in the middle of an attempt would make that one unanswered.
    const error = await failure(closed.send({ ...post, safeToRepeat: false }));
    expect(error).toMatchObject({ status: null, attempts: 1, unanswered: 0, repeats: 0 });
  });

  it('takes a port that speaks plain http for what it is: configuration, and nothing was sent', async () => {
    const plain = createServer((_, response) => response.end('hello'));
    const port = await new Promise<number>(resolve => {
      plain.listen(0, '127.0.0.1', () => resolve((plain.address() as { port: number }).port));
    });
    const baseUrl = `https://localhost:${port}`;
    network.use({ handlers: [http.all(`${baseUrl}/*`, () => passthrough())] });
    const error = await failure(
      createHttp({ name: 'Store', baseUrl, timeoutSeconds: 5, budget: createBudget(5) }).send(post),
    );
    plain.close();
    expect(error).toMatchObject({ exitCode: ExitCode.input, status: null, attempts: 1, unanswered: 0 });
    expect(error.message).toContain(`Store does not speak TLS as expected: POST ${baseUrl}/records`);
    expect(error.message).toContain('correct host and port of the URL');
  });

  it('does not read an answer that is too large, nor ask for it again', async () => {
    const seen = answering(status(200, 'x'.repeat(2000)));
    const small = createHttp({
      name: 'Store',
      baseUrl: 'https://store.example.com/api',
      timeoutSeconds: 2,
      budget: createBudget(5),
      maxAnswerBytes: 1000,
    });
    const error = await failure(small.send(post));
    expect(error).toMatchObject({ exitCode: ExitCode.refused, status: null, attempts: 1, unanswered: 1 });
    expect(error.message).toContain(
      'Store answered too much: POST https://store.example.com/api/records: more than 1000',
    );
    expect(seen).toHaveLength(1);
  });

  it('names the credentials that were not accepted', async () => {
    answering(status(401, 'Bad credentials'));
    const store = createHttp({
      name: 'Store',
      baseUrl: 'https://store.example.com/api',
      timeoutSeconds: 2,
      budget: createBudget(5),
      credentials: 'the entry store.example.com of Secret store',
    });
    const { remedy } = await failure(store.send(post));
    expect(remedy).toBe('correct the entry store.example.com of Secret store: it was not accepted');
  });

  it('does not repeat what is not safe to repeat', async () => {
    const seen = answering(HttpResponse.error);
    const error = await failure(client().send({ ...post, safeToRepeat: false }));
    expect(error).toMatchObject({ exitCode: ExitCode.transient, status: null, attempts: 1, unanswered: 1, repeats: 0 });
    expect(seen).toHaveLength(1);
  });

  it('repeats a 429 even then, because nothing was done', async () => {
    answering(status(429), status(200));
    expect(await client().send({ ...post, safeToRepeat: false })).toMatchObject({ status: 200, attempts: 2 });
  });

  it('gives up at once where Retry-After lies beyond the budget', async () => {
    const seen = answering(status(503, '', { 'Retry-After': '3600' }));
    expect(await failure(client().send(post))).toMatchObject({ exitCode: ExitCode.transient, status: 503 });
    expect(seen).toHaveLength(1);
  });

  it('ends with the budget', async () => {
    answering(status(503));
    expect((await failure(client(0.5).send(post))).attempts).toBeGreaterThan(1);
    await expect(client(0).send(post)).rejects.toThrow('time budget is used up');
  });

  it.each([
    [400, ExitCode.refused],
    [401, ExitCode.refused],
    [403, ExitCode.refused],
    [404, ExitCode.refused],
    [302, ExitCode.refused],
    [500, ExitCode.transient],
    [408, ExitCode.transient],
  ])('takes %i as exit %i, asked once', async (code, exitCode) => {
    const seen = answering(status(code, 'because', { Location: 'https://elsewhere.example.com/' }));
    const error = await failure(client().send(post));
    expect(error).toMatchObject({ exitCode, status: code, text: 'because' });
    expect(error.message).toContain(`POST https://store.example.com/api/records answered ${code}: because`);
    expect(seen).toHaveLength(1);
  });

  it('hands over a status that the caller accepts', async () => {
    answering(status(404, 'none'));
    expect(await client().send({ ...post, accept: [404] })).toMatchObject({ status: 404, text: 'none' });
  });

  it('keeps nothing of the request in the failure', async () => {
    answering(status(500));
    const error = await failure(client().send(post));
    expect(error.cause).toBeUndefined();
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain('canary-7f3a');
  });

  it.each(['http://store.example.com', 'http://localhost.example.com', 'http://10.0.0.1'])(
    'refuses plain http: %s',
    url => {
      const options = { name: 'Store', baseUrl: url, timeoutSeconds: 1, budget: createBudget(1) };
      expect(() => createHttp(options)).toThrow(Failure);
    },
  );

  it.each([
    'http://localhost:8080',
    'http://127.0.0.1:1',
    'http://store.ns.svc',
    'http://store.ns.svc.cluster.local:80',
  ])('allows plain http inside: %s', url => {
    createHttp({ name: 'Store', baseUrl: url, timeoutSeconds: 1, budget: createBudget(1) });
  });

  it('encodes segments that come from data', () => {
    expect(pathOf('api', 'build', '../a b/c?d#e')).toBe('/api/build/..%2Fa%20b%2Fc%3Fd%23e');
  });
});
