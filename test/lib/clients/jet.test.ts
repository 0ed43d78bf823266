import { HttpResponse, http } from 'msw';
import { describe, expect, it } from 'vitest';
import { createJet } from '../../../lib/clients/jet.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { registerSecret } from '../../../lib/runtime/redact.ts';
import { configOf } from '../../support/evidence.ts';
import { remotes } from '../../support/remotes.ts';

const network = remotes();
const client = (jet = {}) =>
  createJet({
    configuration: Configuration.parse(configOf({ timeoutSeconds: 1, leaseSeconds: 2, ...jet })).jet,
    budget: createBudget(2),
    authorization: async () => 'Bearer x',
  });
const post = { body: '{"a":1}', key: 'the-key', withinMs: 1500 };

function answering(answer: () => Response) {
  const seen: { url: string; headers: Record<string, string>; body: string }[] = [];
  const handler = http.post('https://jet.example.com/proxy/*', async ({ request }) => {
    seen.push({ url: request.url, headers: Object.fromEntries(request.headers), body: await request.text() });
    return answer();
  });
  network.use({ handlers: [handler] });
  return seen;
}

describe('JET', () => {
  it.each([
    ['publishDeployment', '/api/v0.0/deploy/generic/publish'],
    ['publishRelease', '/api/v0.0/releases/event'],
  ] as const)('%s posts the bytes to its endpoint', async (method, path) => {
    const seen = answering(() => HttpResponse.json({}));
    await client()[method](post);
    expect(seen).toMatchObject([{ url: `https://jet.example.com/proxy${path}`, body: '{"a":1}' }]);
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer x',
      'content-type': 'application/json',
      'idempotency-key': '"the-key"',
    });
  });

  it('sends the key without quotes where the store knows none', async () => {
    const seen = answering(() => HttpResponse.json({}));
    await client({ idempotency: { quoted: false } }).publishRelease(post);
    expect(seen[0]?.headers['idempotency-key']).toBe('the-key');
  });

  it.each([
    ['{"id":"e-1"}', 'e-1'],
    ['{"id":17}', '17'],
    ['{"recordId":"r-1","id":""}', 'r-1'],
    ['{"data":{"eventId":"v-1"}}', 'v-1'],
    ['{"id":{"nested":1}}', null],
    ['{"id":"with blank"}', null],
    ['{"status":"ok"}', null],
    ['[1]', null],
    ['"text"', null],
    ['', null],
    ['<html>', null],
  ])('finds the identifier in %s', async (text, expected) => {
    answering(() => new HttpResponse(text, { status: 201 }));
    expect((await client().publishDeployment(post)).responseId).toBe(expected);
  });

  it('takes no secret for an identifier, not even a part of one', async () => {
    registerSecret('canary-token-8d31f0a7');
    const answers = ['{"id":"canary-token-8d31f0a7"}', '{"id":"Bearer-canary-token-8d31f0"}', '{"id":"x","uuid":"y"}'];
    const ids: (string | null)[] = [];
    for (const text of answers) {
      answering(() => new HttpResponse(text, { status: 201 }));
      ids.push((await client().publishDeployment(post)).responseId);
    }
    expect(ids).toEqual([null, null, 'x']);
  });

  it('hands over a 409, and stops at the time that it is given', async () => {
    const seen = answering(() => new HttpResponse('outstanding', { status: 409 }));
    expect(await client().publishDeployment(post)).toMatchObject({ status: 409, text: 'outstanding' });
    await expect(client().publishDeployment({ ...post, withinMs: 0 })).rejects.toMatchObject({ attempts: 0 });
    expect(seen).toHaveLength(1);
  });
});
