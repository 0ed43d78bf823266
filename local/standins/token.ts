import { HttpResponse, http } from 'msw';
import * as z from 'zod';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

/** What the token endpoint knows. It is plain data, so that a sample is a file. */
export const TokenState = z.strictObject({
  clientId: z.string(),
  clientSecret: z.string(),
  resource: z.string().describe('The one resource id that tokens are given for.'),
  resourceParameter: z.enum(['resource', 'audience']).default('resource'),
  clientAuthentication: z.enum(['post', 'basic']).default('post'),
  accessToken: z.string().describe('The token that it gives; the stand-in of the proxy accepts the same.'),
  expiresIn: z
    .union([z.number(), z.string()])
    .default(3600)
    .describe('In seconds; some identity providers write it as text.'),
});
export type TokenState = z.infer<typeof TokenState>;

/** An OAuth2 token endpoint that knows one client (RFC 6749). What it received is kept without the secret. */
export function createTokenStandIn(
  from: z.input<typeof TokenState>,
  behaviour: Behaviour = {},
): StandIn & { state: TokenState } {
  const state = TokenState.parse(from);
  const received: Received[] = [];
  const answer = behaving(behaviour, received, (request, body) => {
    const last = received.at(-1);
    if (last !== undefined) last.body = last.body.replace(/client_secret=[^&]*/, 'client_secret=***');
    return grant(state, request, new URLSearchParams(body));
  });
  return { handlers: [http.post('*/oauth2/token', answer)], received, state };
}

function grant(state: TokenState, request: Request, form: URLSearchParams): Response {
  if (!request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded'))
    return problem(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded.');
  if (form.get('grant_type') !== 'client_credentials')
    return problem(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
  if (!isClient(state, request, form)) return problem(401, 'invalid_client', 'Client authentication failed.');
  if (form.get(state.resourceParameter) !== state.resource)
    return problem(400, 'invalid_resource', `The ${state.resourceParameter} is unknown.`);
  return HttpResponse.json(
    { access_token: state.accessToken, token_type: 'bearer', expires_in: state.expiresIn, resource: state.resource },
    { headers: { 'Cache-Control': 'no-store' } },
  );
}

function isClient(state: TokenState, request: Request, form: URLSearchParams): boolean {
  if (state.clientAuthentication === 'post')
    return form.get('client_id') === state.clientId && form.get('client_secret') === state.clientSecret;
  const [scheme, credentials = ''] = (request.headers.get('authorization') ?? '').split(' ');
  const [id = '', secret = ''] = Buffer.from(credentials, 'base64').toString().split(':').map(decodeForm);
  return scheme === 'Basic' && id === state.clientId && secret === state.clientSecret;
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined. */
const decodeForm = (text: string): string => new URLSearchParams(`_=${text}`).get('_') ?? '';

const problem = (status: number, error: string, description: string) =>
  HttpResponse.json({ error, error_description: description }, { status });
