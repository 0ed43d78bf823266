import { createServer } from 'node:net';
import { HttpResponse, http } from 'msw';
import { afterEach, describe, expect, it } from 'vitest';
import { type Served, serve } from '../../../local/standins/serve.ts';
import { type Behaviour, behaving, type Received } from '../../../local/standins/stand-in.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function served(behaviour: Behaviour = {}, port = 0, afterEach?: () => Promise<void>) {
  const received: Received[] = [];
  const answer = behaving(behaviour, received, (_, body) => HttpResponse.json({ got: body }, { status: 201 }));
  const handlers = [http.post('*/records/:id', answer), http.head('*/records/:id', () => new HttpResponse(null))];
  const one: Served = await serve({ handlers, received }, port, afterEach);
  open.push(one);
  return { ...one, received };
}
const post = (url: string) => fetch(`${url}/records/1`, { method: 'POST', body: 'hello' });

describe('serve', () => {
  it('answers over HTTP as msw would in a test', async () => {
    const { url, received } = await served();
    const answer = await post(url);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ got: 'hello' });
    expect(received).toMatchObject([{ method: 'POST', path: '/records/1', body: 'hello' }]);
    expect((await fetch(`${url}/records/1`, { method: 'HEAD' })).status).toBe(200);
  });

  it('answers 404 where no handler is meant', async () => {
    const { url } = await served();
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  });

  it('takes on another behaviour while it serves', async () => {
    const behaviour: Behaviour = { mishaps: [{ path: '/records', times: 9, status: 503 }] };
    const { url } = await served(behaviour);
    expect((await post(url)).status).toBe(503);
    behaviour.mishaps = [{ path: '/records', times: 1, status: 429 }];
    expect([(await post(url)).status, (await post(url)).status]).toEqual([429, 201]);
  });

  it('misbehaves over HTTP as well: a status with Retry-After, then a connection that ends', async () => {
    const { url } = await served({
      mishaps: [
        { path: '/records', times: 1, status: 429, retryAfterSeconds: 2 },
        { path: '/records', times: 1, drop: 'after' },
      ],
    });
    const busy = await post(url);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '2']);
    await expect(post(url)).rejects.toThrow(/fetch failed/);
    expect((await post(url)).status).toBe(201);
  });

  it('keeps what was recorded before it answers or drops', async () => {
    let kept = 0;
    const { url } = await served({ mishaps: [{ path: '/', times: 1, drop: 'after' }] }, 0, async () => {
      kept += 1;
    });
    await expect(post(url)).rejects.toThrow();
    expect(kept).toBe(1);
    await post(url);
    expect(kept).toBe(2);
  });

  it('takes another port when the one it asked for is taken', async () => {
    const other = createServer();
    const port = await new Promise<number>(resolve =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    );
    open.push({ close: () => new Promise(resolve => other.close(resolve)) });
    const { port: taken } = await served({}, port);
    expect(taken).not.toBe(port);
  });
});
