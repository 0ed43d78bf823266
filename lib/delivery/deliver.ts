import pLimit from 'p-limit';
import { RemoteFailure } from '../clients/http.ts';
import type { JetAnswer, Post } from '../clients/jet.ts';
import type { Configuration } from '../contracts/configuration.ts';
import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import { isClaimable } from '../ledger/delivery.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Budget } from '../runtime/budget.ts';
import { Failure } from '../runtime/failure.ts';
import { createMeaning, notSent, type Verdict, verdictOf } from './answer.ts';

/** How often it is looked whether another run has ended with a record. */
const POLL_MS = 200;
/** So many times what is being sent is claimed at most: a request does not wait for the write of its claim. */
const CLAIMED_AHEAD = 3;
/** A request is ended this long before its owner's time, so that none is under way when another run takes over. */
const LEASE_MARGIN_MS = 100;

export interface Delivering {
  ledger: Ledger;
  /** As the plan left it. */
  record: DeploymentRecord;
  step: Delivery['step'];
  /** Where it is posted to, for the record. */
  target: string;
  /** Unique to this process. */
  owner: string;
  post: (post: Post) => Promise<JetAnswer>;
  settings: Configuration['jet'];
  budget: Budget;
}

/** When a turn's result is durable, and how long to wait for the next turn; null where none is needed. */
interface Turn {
  written: Promise<unknown>;
  waitMs: number | null;
}
const OVER: Turn = { written: Promise.resolve(), waitMs: null };

/**
 * Sends what is planned. Each delivery is claimed in the ledger before its request and concluded after it, so a second run,
 * a killed run and two runs at once send each record once: nobody sends what somebody else owns, and what a killed run
 * left in doubt is repeated with the same key. What was claimed and then not sent is given back as it was.
 * @param subjects deliveries of the record; those that are settled already are passed over
 * @returns why nothing more could be sent, null where everything was tried
 */
export async function deliver(subjects: readonly string[], delivering: Delivering): Promise<Failure | null> {
  const { ledger, step, owner, settings, budget, target } = delivering;
  const { id } = delivering.record;
  const leaseMs = settings.leaseSeconds * 1000;
  const keyHonoured = settings.idempotency.honoured;
  const meaningOf = createMeaning(settings.answers);
  const claiming = pLimit(settings.concurrency * CLAIMED_AHEAD);
  const sending = pLimit(settings.concurrency);
  let latest = delivering.record;
  let stop: Failure | null = null;
  let broken: { error: unknown } | null = null;

  async function settle(subject: string): Promise<void> {
    try {
      for (let first = true; ; first = false) {
        const { written, waitMs } = await claiming(() => takeTurn(subject, first));
        await written;
        if (waitMs === null || !(await budget.wait(waitMs))) return;
      }
    } catch (error) {
      broken ??= { error };
    }
  }

  const isOver = (): boolean => stop !== null || broken !== null || budget.remainingMs() === 0;

  async function takeTurn(subject: string, first: boolean): Promise<Turn> {
    if (isOver()) return OVER;
    // Claims are lines in the ledger: they are not spent on waiting.
    if (!first) latest = (await ledger.read(id)) ?? latest;
    const before = find(latest, subject);
    const now = Date.now();
    if (before === undefined || !isClaimable(before, timestamp(now))) return waitFor(before);
    const claim = { type: 'claim', at: timestamp(now), leaseUntil: timestamp(now + leaseMs) } as const;
    latest = await ledger.apply(id, [{ ...claim, step, subject, owner, keyHonoured, target }]);
    const mine = find(latest, subject);
    if (mine?.state !== 'sending' || mine.owner !== owner) return waitFor(mine);
    const verdict = await sending(async () => {
      const late = Date.now() > now + leaseMs / 2;
      if (late || isOver()) return givenBack(before, mine, late);
      const answered = await ask(mine, now + leaseMs - LEASE_MARGIN_MS);
      // Here, before the next one is sent.
      stop ??= answered.stop ?? null;
      return answered;
    });
    const at = timestamp(Date.now());
    const { result } = verdict;
    // Not awaited: the next claim joins this result in one write.
    const written = ledger.apply(id, [{ type: 'result', at, step, subject, owner, keyHonoured, result }]);
    return { written, waitMs: verdict.againAfterMs ?? null };
  }

  async function ask({ body, idempotencyKey }: Delivery, endsAtMs: number): Promise<Verdict> {
    if (body === null || idempotencyKey === null) throw new Error('a planned delivery has no body');
    try {
      return meaningOf(await delivering.post({ body, key: idempotencyKey, withinMs: endsAtMs - Date.now() }));
    } catch (error) {
      if (error instanceof RemoteFailure) return verdictOf(error);
      if (error instanceof Failure) return notSent(error);
      throw error;
    }
  }

  const find = (record: DeploymentRecord | null, subject: string): Delivery | undefined =>
    record?.deliveries.find(delivery => delivery.step === step && delivery.subject === subject);

  // In the order of the record: neighbours are in one part of a large one, and are claimed in one write.
  const wanted = new Set(subjects);
  const inOrder = latest.deliveries.filter(delivery => delivery.step === step && wanted.has(delivery.subject));
  await Promise.all(inOrder.map(({ subject }) => settle(subject)));
  throwIfBroken(broken);
  return stop;
}

/** Claimed and not sent. It is as it was before, unless somebody else had it in between: then it may have been sent. */
function givenBack(before: Delivery, mine: Delivery, again: boolean): Verdict {
  const isUnsent = before.state === 'planned' && before.attempts === mine.attempts;
  const { httpStatus, responseId, detail } = before;
  const told = { httpStatus, responseId, detail, attempts: 0, repeats: 0 };
  return { result: { ...told, state: isUnsent ? 'planned' : 'uncertain' }, ...(again && { againAfterMs: 1 }) };
}

const waitFor = (delivery: Delivery | undefined): Turn =>
  delivery?.state === 'sending' ? { ...OVER, waitMs: POLL_MS } : OVER;

function throwIfBroken(broken: { error: unknown } | null): void {
  if (broken !== null) throw broken.error;
}

const timestamp = (ms: number): string => new Date(ms).toISOString();
