import * as z from 'zod';
import type { Configuration } from '../contracts/configuration.ts';
import type { Budget } from '../runtime/budget.ts';
import { redact } from '../runtime/redact.ts';
import { createHttp, type HttpAnswer, pathOf } from './http.ts';

export const JET_PATHS = {
  deployment: pathOf('api', 'v0.0', 'deploy', 'generic', 'publish'),
  release: pathOf('api', 'v0.0', 'releases', 'event'),
} as const;

/** One frozen record on its way to the store. */
export interface Post {
  body: string;
  /** Idempotency-Key: the same for every repeat of this record. */
  key: string;
  /** No request of it is under way after this time. */
  withinMs: number;
}

export interface JetAnswer extends HttpAnswer {
  /** Identifier that the store gave the record; null where it gave none. */
  responseId: string | null;
}

/** The JET Evidence Store behind its proxy. A 409 is an answer, every other refusal a RemoteFailure. */
export interface Jet {
  publishDeployment(post: Post): Promise<JetAnswer>;
  publishRelease(post: Post): Promise<JetAnswer>;
}

export interface JetOptions {
  configuration: Configuration['jet'];
  budget: Budget;
  authorization: () => Promise<string>;
}

/**
 * A POST is repeated although the store may not honour its key: a record that is missing is worse than one that is there
 * twice and marked. `repeats` of the answer says so.
 */
export function createJet({ configuration, budget, authorization }: JetOptions): Jet {
  const { url, timeoutSeconds, idempotency } = configuration;
  const http = createHttp({ name: 'JET', baseUrl: url, timeoutSeconds, budget, authorization });
  const publish = async (path: string, { body, key, withinMs }: Post): Promise<JetAnswer> => {
    const answer = await http.send({
      method: 'POST',
      path,
      headers: {
        'Content-Type': 'application/json',
        'Idempotency-Key': idempotencyHeader(key, idempotency.quoted),
      },
      body,
      safeToRepeat: true,
      accept: [409],
      withinMs,
    });
    return { ...answer, responseId: responseIdOf(answer.text) };
  };
  return {
    publishDeployment: post => publish(JET_PATHS.deployment, post),
    publishRelease: post => publish(JET_PATHS.release, post),
  };
}

/** draft-ietf-httpapi-idempotency-key-header: a structured-field string, so in quotes, which some servers do not know. */
export const idempotencyHeader = (key: string, quoted: boolean): string => (quoted ? `"${key}"` : key);

const Id = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^[\x21-\x7e]{1,200}$/));
const Fields = z.record(z.string(), z.unknown());
const ID_NAMES = ['id', 'recordId', 'eventId', 'evidenceId', 'deploymentId', 'releaseId', 'releaseID', 'uuid'];

/** What the store answers is not documented: an identifier is kept where one can be recognised. */
function responseIdOf(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const top = Fields.safeParse(value).data ?? {};
  const inner = Fields.safeParse(top.data).data ?? {};
  for (const holder of [top, inner])
    for (const name of ID_NAMES) {
      const id = Id.safeParse(holder[name]);
      // What a store echoes is no identifier, and is kept for good.
      if (id.success && redact(id.data) === id.data) return id.data;
    }
  return null;
}
