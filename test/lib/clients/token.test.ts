import { HttpResponse, http, passthrough } from 'msw';
import { describe, expect, it } from 'vitest';
import { createToken, type TokenOptions } from '../../../lib/clients/token.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { Failure } from '../../../lib/runtime/failure.ts';
import { redact } from '../../../lib/runtime/redact.ts';
import { createTokenStandIn } from '../../../local/standins/token.ts';
import { remotes } from '../../support/remotes.ts';

const network = remotes();
const URL_OF = 'https://idp.example.com/adfs/oauth2/token';
const SECRET = 'canary &=+%/ü secret';

function client(over: Partial<TokenOptions['endpoint']> = {}, options: Partial<TokenOptions> = {}) {
  return createToken({
    endpoint: {
      url: URL_OF,
      resource: 'URI:RS-1-Proxy',
      resourceParameter: 'resource',
      clientAuthentication: 'post',
      ...over,
    },
    clientId: 'PC:1',
    clientSecret: SECRET,
    timeoutSeconds: 1,
    budget: createBudget(2),
    ...options,
  });
}
const state = {
  clientId: 'PC:1',
  clientSecret: SECRET,
  resource: 'URI:RS-1-Proxy',
  accessToken: 'canary-access-token',
};
type State = Parameters<typeof createTokenStandIn>[0];
function endpoint(over: Partial<State> = {}, behaviour = {}) {
  const standIn = createTokenStandIn({ ...state, ...over }, behaviour);
  network.use(standIn);
  return standIn;
}

function answering(...answers: (() => Response)[]) {
  const seen: string[] = [];
  const handler = http.post(URL_OF, async ({ request }) => {
    seen.push(await request.text());
    return (answers[Math.min(seen.length, answers.length) - 1] ?? HttpResponse.error)();
  });
  network.use({ handlers: [handler] });
  return seen;
}

const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`no Failure but ${String(error)}`);
  return error;
};

describe('token', () => {
  it.each([
    [{}, {}],
    [{ clientAuthentication: 'basic' }, { clientAuthentication: 'basic' }],
    [{ resourceParameter: 'audience' }, { resourceParameter: 'audience' }],
  ] as const)('is asked for as the endpoint wants it: %j', async (over, its) => {
    endpoint(its);
    expect(await client(over)()).toBe('Bearer canary-access-token');
  });

  it('is asked for with a scope', async () => {
    const { received } = endpoint();
    await client({ scope: 'openid evidence' })();
    expect(new URLSearchParams(received[0]?.body).get('scope')).toBe('openid evidence');
  });

  it('is asked for once, however many wait, and kept', async () => {
    const { received } = endpoint({}, { latencyMs: 20 });
    const token = client();
    await Promise.all([token(), token(), token()]);
    await token();
    expect(received).toHaveLength(1);
  });

  it.each([
    [3600, 3239, 1],
    [3600, 3240, 2],
    ['3600', 3239, 1],
    ['3600', 3240, 2],
    [600, 539, 1],
    [600, 540, 2],
    [60, 29, 1],
    [60, 30, 2],
  ])('that is good for %j s is after %i s asked for %i times', async (expiresIn, seconds, times) => {
    const { received } = endpoint({ expiresIn });
    let nowMs = 1_000_000;
    const token = client({}, { nowMs: () => nowMs });
    await token();
    nowMs += seconds * 1000;
    await token();
    expect(received).toHaveLength(times);
  });

  it.each([
    ['an error', () => HttpResponse.json({ error: 'invalid_client' }), /answered 200 with the error invalid_client/],
    ['a page', () => HttpResponse.html('<html>log in</html>'), /the answer is not JSON/],
    ['no type', () => HttpResponse.json({ access_token: 'canary-access-token' }), /token_type/],
    ['another type', () => HttpResponse.json({ access_token: 'canary-access-token', token_type: 'mac' }), /token_type/],
    ['no token', () => HttpResponse.json({ token_type: 'bearer' }), /access_token/],
    [
      'no number',
      () => HttpResponse.json({ access_token: 'x', token_type: 'bearer', expires_in: 'soon' }),
      /expires_in/,
    ],
    ['a list', () => HttpResponse.json([]), /top level object/],
  ])('of a 200 with %s is refused in one line', async (_, answer, expected) => {
    answering(answer);
    const error = await failureOf(client()());
    expect(error.exitCode).toBe(1);
    expect(error.message).toMatch(expected);
    expect(error.message).toContain(URL_OF);
    expect(`${error.message} ${String(error.cause)}`).not.toContain('canary');
  });

  it.each([400, 401, 403])('that is refused with %i is not asked for again', async status => {
    const seen = answering(() => HttpResponse.json({ error: 'invalid_client', echo: SECRET }, { status }));
    const token = client();
    const error = await failureOf(token());
    expect(error).toMatchObject({ name: 'Failure', exitCode: 1 });
    expect(error.message).toContain('invalid_client');
    expect(error.message).not.toContain(SECRET);
    await failureOf(token());
    expect(seen).toHaveLength(1);
  });

  it.each([502, 503])('is asked for again after %i', async status => {
    const down = () => new HttpResponse('', { status });
    const up = () => HttpResponse.json({ access_token: 'canary-access-token', token_type: 'Bearer', expires_in: 3600 });
    const seen = answering(down, up);
    expect(await client()()).toBe('Bearer canary-access-token');
    expect(seen).toHaveLength(2);
  });

  it('that the endpoint cannot give now is exit 75, and asked for anew the next time', async () => {
    const seen = answering(() => new HttpResponse('', { status: 500 }));
    const token = client();
    expect(await failureOf(token())).toMatchObject({ name: 'Failure', exitCode: 75 });
    await failureOf(token());
    expect(seen).toHaveLength(2);
  });

  it('of an endpoint that is not there is exit 75', async () => {
    network.use({ handlers: [http.all('http://localhost:1/*', () => passthrough())] });
    const error = await failureOf(client({ url: 'http://localhost:1/token' }, { budget: createBudget(0.2) })());
    expect(error).toMatchObject({ exitCode: 75 });
    expect(error.message).toContain('Token endpoint does not answer');
  });

  it('is not asked for over plain http beyond machine and cluster', () => {
    expect(() => client({ url: 'http://idp.example.com/token' })).toThrow(/Plain http refused/);
    expect(() => client({ url: 'http://idp.identity.svc/token' })).not.toThrow();
  });

  it.each(['post', 'basic'] as const)('and secret are known to the redaction as they travel: %s', async how => {
    const sent: string[] = [];
    const handler = http.post(URL_OF, async ({ request }) => {
      sent.push(await request.text(), request.headers.get('authorization') ?? '');
      return HttpResponse.json({ access_token: 'canary-access-token', token_type: 'bearer' });
    });
    network.use({ handlers: [handler] });
    await client({ clientAuthentication: how })();
    const [body = '', header = ''] = sent;
    if (how === 'post') expect(redact(body)).toContain('client_secret=***');
    else expect(redact(header)).toBe('Basic ***');
    expect(redact(`${SECRET} canary-access-token ${encodeURIComponent(SECRET)}`)).toBe('*** *** ***');
  });
});

describe('what the endpoint says', () => {
  it.each([
    [{ error: 'invalid_client', error_description: 'MSIS9622: unknown', access_token: 'canary-unknown-token' }],
    [{ error: 'invalid_client', trace: { sent: 'canary-unknown-token' } }],
    ['<html>you sent canary-unknown-token</html>'],
    ['canary-unknown-token'],
    [['canary-unknown-token']],
  ])('is quoted as an error of OAuth2 alone: %j', async body => {
    answering(() => new HttpResponse(typeof body === 'string' ? body : JSON.stringify(body), { status: 400 }));
    const { message } = await failureOf(client()());
    expect(message).toMatch(/answered 400(: invalid_client(: MSIS9622: unknown)?)?; /);
    expect(message).not.toContain('canary');
  });
});
