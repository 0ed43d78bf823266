import {
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  processClientCredentialsResponse,
} from 'oauth4webapi';
import * as z from 'zod';
import type { Configuration } from '../contracts/configuration.ts';
import type { Budget } from '../runtime/budget.ts';
import { Failure, refused } from '../runtime/failure.ts';
import { registerSecret } from '../runtime/redact.ts';
import { createHttp, type Http, RemoteFailure } from './http.ts';

const MARGIN_SECONDS = 60;
/** Where the endpoint does not say how long a token is good for. */
const UNKNOWN_LIFETIME_SECONDS = 120;

export interface TokenOptions {
  endpoint: Configuration['jet']['token'];
  clientId: string;
  clientSecret: string;
  timeoutSeconds: number;
  budget: Budget;
  nowMs?: () => number;
}

/**
 * OAuth2 client credentials (RFC 6749 section 4.4) with the resource id of the proxy. The token is kept until shortly
 * before it expires and asked for once, however many wait for it. A refusal is kept too: asking again locks accounts out.
 * @returns the value of the Authorization header
 * @throws Failure 1 no token; 75 the endpoint does not answer; 2 plain http that leaves the machine or the cluster
 */
export function createToken(options: TokenOptions): () => Promise<string> {
  const { endpoint, timeoutSeconds, budget, nowMs = Date.now } = options;
  const http = createHttp({ name: 'Token endpoint', baseUrl: endpoint.url, timeoutSeconds, budget, quotable });
  registerSecret(options.clientSecret);
  registerSecret(new URLSearchParams([['', options.clientSecret]]).toString().slice(1));
  let current: Promise<string> | undefined;
  let until = Number.POSITIVE_INFINITY;
  return () => {
    if (current === undefined || nowMs() >= until) {
      until = Number.POSITIVE_INFINITY;
      current = ask();
    }
    return current;
  };

  async function ask(): Promise<string> {
    const asked = nowMs();
    try {
      const { accessToken, lifetimeSeconds } = await request(http, options);
      until = asked + keptSeconds(lifetimeSeconds) * 1000;
      return `Bearer ${accessToken}`;
    } catch (error) {
      if (error instanceof Failure && error.exitCode === 75) until = 0;
      throw error;
    }
  }
}

/** A token of a minute or less would never be kept by the margin alone. */
const keptSeconds = (lifetime: number): number =>
  Math.max(lifetime - Math.max(MARGIN_SECONDS, lifetime * 0.1), lifetime / 2);

async function request(http: Http, { endpoint, clientId, clientSecret }: TokenOptions) {
  const server = { issuer: new URL(endpoint.url).origin, token_endpoint: endpoint.url };
  const client: Client = { client_id: clientId };
  const parameters = new URLSearchParams({ [endpoint.resourceParameter]: endpoint.resource });
  if (endpoint.scope !== undefined) parameters.set('scope', endpoint.scope);
  let text = '';
  try {
    const response = await clientCredentialsGrantRequest(
      server,
      client,
      authentication(endpoint, clientSecret),
      parameters,
      {
        // createHttp has decided already whether plain http may be used.
        [allowInsecureRequests]: true,
        [customFetch]: async (_, { headers, body }) => {
          registerSecret(headers.authorization?.replace(/^Basic /, '') ?? '');
          const answer = await http.send({ method: 'POST', path: '', headers, body: String(body), safeToRepeat: true });
          text = answer.text;
          return new Response(text, {
            status: answer.status,
            headers: { 'Content-Type': answer.headers['content-type'] ?? '' },
          });
        },
      },
    );
    const token = await processClientCredentialsResponse(server, client, response);
    registerSecret(token.access_token);
    return { accessToken: token.access_token, lifetimeSeconds: token.expires_in ?? UNKNOWN_LIFETIME_SECONDS };
  } catch (error) {
    if (error instanceof RemoteFailure)
      throw new Failure(error.exitCode, 'No token for the proxy', error.message, 'nothing was sent');
    if (error instanceof Failure) throw error;
    throw refused(
      'No token for the proxy',
      `${endpoint.url}: ${reasonOf(error, text)}`,
      'check jet.token in the configuration',
    );
  }
}

/** Of what it answers, the error of OAuth2 alone: anything else may be a token, or what was sent. */
function quotable(text: string): string {
  const { error, error_description } = OAuthError.catch({}).parse(jsonOf(text));
  return [error, error_description].filter(part => part !== undefined).join(': ');
}

const OAuthError = z.object({ error: z.string().optional(), error_description: z.string().optional() });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ErrorBody = z.object({ error: z.string().regex(/^[\w.-]{1,60}$/) });

/** The OAuth2 error code where there is one, else what the library missed. Never the body: it may hold a token. */
function reasonOf(error: unknown, text: string): string {
  const value = jsonOf(text);
  if (value === undefined) return 'the answer is not JSON';
  const body = ErrorBody.safeParse(value);
  if (body.success) return `answered 200 with the error ${body.data.error}`;
  return error instanceof Error ? error.message : 'the answer is not a token';
}

const authentication = (endpoint: TokenOptions['endpoint'], clientSecret: string): ClientAuth =>
  endpoint.clientAuthentication === 'basic' ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
