import { RemoteFailure } from '../../lib/clients/http.ts';
import type { JetAnswer, Post } from '../../lib/clients/jet.ts';
import { ExitCode } from '../../lib/runtime/failure.ts';
import type { Random } from './seeded.ts';

/** A store of evidence behind proxies that answer whatever they like. */
export interface HostileStore {
  /** Bodies that it recorded, by key, in their order. */
  recorded: Map<string, string[]>;
  /** From now on it answers as it is documented to. */
  calm(): void;
  post(post: Post): Promise<JetAnswer>;
}

const OK = { 'content-type': 'application/json' };
const PAGE = '<!DOCTYPE html><html><title>Sign in, you have already a session</title></html>';
/** What says nothing of the record, whether or not the store has it. */
const BABBLE: readonly [status: number, text: string, headers: Record<string, string>][] = [
  [200, PAGE, { 'content-type': 'Text/HTML; charset=utf-8' }],
  [200, PAGE, { 'content-type': 'text/plain' }],
  [201, PAGE, {}],
  [409, PAGE, { 'content-type': 'text/html' }],
  [206, '{"id":"1"}', OK],
  [226, '{"id":"1"}', OK],
  [204, '', {}],
  [0, '{"id":"1"}', OK],
  [201, '', OK],
  [201, 'null', OK],
  [200, '[]', OK],
  [201, '{"id":"rec-', OK],
  [200, '\u001f\ufffd\b', OK],
  [200, '{\u0000"\u0000i', OK],
  [200, '{"error":"unauthorized"}', OK],
];
/** Refusals by who is in front of the store: it never saw the record. */
const PROXY = [301, 302, 401, 402, 403, 404, 405, 407, 410, 413, 415, 431, 451];
const RETRY_AFTER: readonly Record<string, string>[] = [
  {},
  { 'retry-after': '0' },
  { 'retry-after': '-100' },
  { 'retry-after': '3600' },
  { 'retry-after': 'Mon, 30 Nov 2026 10:00:00 GMT', date: 'Mon, 30 Nov 2026 10:00:09 GMT' },
];

/**
 * @param honoursKeys whether it answers a key that it knows without recording again
 * @param wellness how often it answers as it is documented to, from 0 to 1
 */
export function hostileStore(random: Random, honoursKeys: boolean, wellness: number): HostileStore {
  const recorded = new Map<string, string[]>();
  let isCalm = false;
  let ids = 0;
  const id = () => {
    ids += 1;
    return `rec-${ids}`;
  };

  /** @returns null where it is about the key: 422 */
  function record({ key, body }: Post): 'new' | 'known' | null {
    const known = recorded.get(key) ?? [];
    if (honoursKeys && known.length > 0) return known[0] === body ? 'known' : null;
    recorded.set(key, [...known, body]);
    return 'new';
  }

  function well(post: Post): JetAnswer {
    const kept = record(post);
    if (kept === null) throw refusal(422, 'Idempotency-Key is already used');
    if (kept === 'known' && random.chance(0.5)) return answer(409, 'This evidence is already recorded', OK);
    return { ...answer(201, JSON.stringify({ id: id() }), OK), responseId: `rec-${ids}` };
  }

  /** Whether the store is asked and acts, whatever is answered. */
  const maybeRecord = (post: Post): void => {
    if (random.chance(0.5)) record(post);
  };

  return {
    recorded,
    calm() {
      isCalm = true;
    },
    async post(post) {
      const began = Date.now();
      await ticks(random.below(4));
      const isLate = () => Date.now() - began > post.withinMs;
      if (isLate()) throw lost(ExitCode.transient);
      if (isCalm || random.chance(wellness)) return well(post);
      const kind = random.below(8);
      if (kind === 0) {
        maybeRecord(post);
        const [status, text, headers] = random.pick(BABBLE);
        return { ...answer(status, text, headers), responseId: id() };
      }
      if (kind === 1) {
        // Of a time-out, a connection that ends in the middle of the answer, a body that is no gzip; or of a 101.
        maybeRecord(post);
        throw lost(random.chance(0.2) ? ExitCode.refused : ExitCode.transient, random.below(2));
      }
      if (kind === 2) {
        const status = random.pick([500, 502, 504]);
        maybeRecord(post);
        throw refusal(status, 'upstream', 1);
      }
      if (kind === 3) throw refusal(random.pick([503, 429, 408]), 'busy');
      if (kind === 4) throw refusal(random.pick(PROXY), random.chance(0.5) ? PAGE : 'no');
      if (kind === 5) {
        maybeRecord(post);
        return { ...answer(409, `outstanding, trace ${id()}`, random.pick(RETRY_AFTER)), responseId: id() };
      }
      if (kind === 6) throw refusal(random.pick([400, 422]), PAGE);
      // Only what it does not have is refused by the store itself; its text is another each time.
      if ((recorded.get(post.key) ?? []).length > 0) return well(post);
      if (random.chance(0.3)) return { ...answer(409, `sealId is locked, trace ${id()}`, OK), responseId: id() };
      throw refusal(400, `no such sealId, trace ${id()}`);
    },
  };
}

const answer = (status: number, text: string, headers: Record<string, string>): JetAnswer => ({
  ...{ status, text, headers, responseId: null, attempts: 1, unanswered: 0, repeats: 0 },
});

const refusal = (status: number, text: string, unanswered = 0) =>
  new RemoteFailure(
    status === 408 || status === 429 || status >= 500 ? ExitCode.transient : ExitCode.refused,
    ...(['JET refused', `POST https://jet.example.com answered ${status}: ${text}`, 'it is tried again'] as const),
    { status, text, attempts: 1, unanswered, repeats: 0 },
  );

const lost = (exitCode: 1 | 75, repeats = 0) =>
  new RemoteFailure(exitCode, 'JET does not answer', 'POST https://jet.example.com ECONNRESET', 'it is tried again', {
    ...{ status: null, text: '', attempts: 1 + repeats, unanswered: 1 + repeats, repeats },
  });

/** Lets everything else that is under way go on for a while. */
export async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await new Promise(resolve => setImmediate(resolve));
}
