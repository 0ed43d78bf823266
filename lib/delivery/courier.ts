import pLimit from 'p-limit';
import { RemoteFailure } from '../clients/http.ts';
import type { JetAnswer, Post } from '../clients/jet.ts';
import type { Configuration } from '../contracts/configuration.ts';
import type { Delivery } from '../contracts/deployment-record.ts';
import type { Change, ChangeOf } from '../ledger/change.ts';
import { isClaimable } from '../ledger/delivery.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Budget } from '../runtime/budget.ts';
import { Failure } from '../runtime/failure.ts';
import { createMeaning, givenBack, notSent, outstandingWaitMs, type Verdict } from './answer.ts';
import { collectResults } from './results.ts';

/** How soon it is looked whether another run has ended with a record, and how seldom at last. */
const FIRST_POLL_MS = 200;
const MAX_POLL_MS = 2_000;
/** So many times what is sent at a time is claimed at most: a request does not wait for the write of its claim. */
const CLAIMED_AHEAD = 8;
/**
 * How long a result waits for others of its batch: each write of a record is one of everything that it holds. Where the store
 * would record again what a killed run had not written down yet, none waits.
 */
const RESULT_WAIT_MS = 200;
/** A request is ended this long before its owner's time, so that none is under way when another run takes over. */
const LEASE_MARGIN_MS = 100;

export interface Delivering {
  ledger: Ledger;
  /** Of the record. */
  id: string;
  step: Delivery['step'];
  /** Where it is posted to, for the record. */
  target: string;
  /** Unique to this process. */
  owner: string;
  post: (post: Post) => Promise<JetAnswer>;
  settings: Configuration['jet'];
  budget: Budget;
}

/** Sends what is added to it, from when it is added. */
export interface Courier {
  /** Claims of what nobody has begun to send yet, for the write that plans it. As many as are claimed ahead at most. */
  firstClaims(subjects: readonly string[], at: string): Change[];
  /**
   * Deliveries as they are in the record. Those that are neither owed nor sent by another run are passed over.
   * @param unwanted what the plan left out: it is sent where it may be recorded, so that this is known, and not where it is not
   */
  add(deliveries: readonly Delivery[], unwanted?: readonly Delivery[]): void;
  /** Nothing more is claimed or sent where this fails. */
  during<T>(work: Promise<T>): void;
  /** @returns why nothing more could be sent, null where everything was tried */
  ended(): Promise<Failure | null>;
}

/** A delivery that this process may send, until its lease ends. */
interface Claimed {
  delivery: Delivery;
  /** When it was claimed. */
  sinceMs: number;
}

/**
 * Sends what is planned. Each delivery is claimed in the ledger before its request and concluded after it, so a second run,
 * a killed run and two runs at once send each record once: nobody sends what somebody else owns, and what a killed run
 * left in doubt is repeated with the same key. What was claimed and then not sent is given back as it was.
 */
export function createCourier({ ledger, id, step, target, owner, post, settings, budget }: Delivering): Courier {
  const leaseMs = settings.leaseSeconds * 1000;
  const about = { step, owner, keyHonoured: settings.idempotency.honoured } as const;
  const meaning = createMeaning(settings.answers);
  const sending = pLimit(settings.concurrency);
  const underWay = new Set<Promise<void>>();
  const batches: (readonly Delivery[])[] = [];
  const elsewhere = new Set<string>();
  const left = new Set<string>();
  /** How often the store said of each that it is still at work. */
  const outstanding = new Map<string, number>();
  let unsent = 0;
  let slowestMs = 1;
  let isWatching = false;
  let stop: Failure | null = null;
  let broken: { error: unknown } | null = null;

  const isOver = (): boolean => stop !== null || broken !== null || budget.remainingMs() === 0;
  /** What is claimed is sent before half of its lease is over. */
  const ahead = (): number =>
    settings.concurrency * Math.min(CLAIMED_AHEAD, Math.max(1, Math.floor(leaseMs / 4 / slowestMs)));

  function track(work: Promise<unknown>): void {
    const done: Promise<void> = work
      .then(
        () => {},
        (error: unknown) => {
          broken ??= { error };
        },
      )
      .finally(() => underWay.delete(done));
    underWay.add(done);
  }

  function add(deliveries: readonly Delivery[], unwanted: readonly Delivery[] = []): void {
    for (const { subject } of unwanted) left.add(subject);
    // One that stops the run each time would keep the others from being sent.
    const ordered = [...deliveries, ...unwanted].sort((a, b) => a.attempts - b.attempts);
    const mine = ordered.filter(delivery => isMine(delivery));
    unsent += mine.length;
    // Claimed with the write that planned it, which claims nothing else than what is planned.
    if (mine.length > 0) track(send(mine.map(delivery => ({ delivery, sinceMs: Date.parse(delivery.updatedAt) }))));
    queue(ordered.filter(delivery => !isMine(delivery)));
  }

  const isMine = (delivery: Delivery | undefined): delivery is Delivery =>
    delivery?.state === 'sending' && delivery.owner === owner;

  function queue(deliveries: readonly Delivery[]): void {
    const now = timestamp(Date.now());
    const claimable = deliveries.filter(
      delivery => isClaimable(delivery, now) && !(left.has(delivery.subject) && delivery.state === 'planned'),
    );
    const size = settings.concurrency * CLAIMED_AHEAD;
    for (let from = 0; from < claimable.length; from += size) batches.push(claimable.slice(from, from + size));
    for (const delivery of deliveries)
      if (delivery.state === 'sending' && !claimable.includes(delivery)) elsewhere.add(delivery.subject);
    if (elsewhere.size > 0 && !isWatching) track(watch());
    claimNext();
  }

  /** A batch is in one object of the ledger, and is claimed in one write of it. */
  function claimNext(): void {
    while (batches.length > 0 && unsent < ahead()) {
      const batch = batches.shift() ?? [];
      const next = batch.slice(0, ahead());
      if (next.length < batch.length) batches.unshift(batch.slice(next.length));
      unsent += next.length;
      track(claim(next));
    }
  }

  const claimOf = (subject: string, sinceMs: number): ChangeOf<'claim'> => ({
    ...{ type: 'claim', at: timestamp(sinceMs), leaseUntil: timestamp(sinceMs + leaseMs) },
    ...{ ...about, subject, target },
  });

  async function claim(batch: readonly Delivery[]): Promise<void> {
    if (isOver()) {
      unsent -= batch.length;
      return;
    }
    const sinceMs = Date.now();
    const record = await ledger.apply(
      id,
      batch.map(({ subject }) => claimOf(subject, sinceMs)),
    );
    const after = bySubject(record.deliveries);
    const claimed: Claimed[] = [];
    const lost: Delivery[] = [];
    for (const before of batch) {
      const delivery = after.get(before.subject);
      if (isMine(delivery)) claimed.push({ delivery, sinceMs });
      else lost.push(delivery ?? before);
    }
    unsent -= lost.length;
    queue(lost);
    await send(claimed);
  }

  async function send(claimed: readonly Claimed[]): Promise<void> {
    const waitMs = about.keyHonoured ? RESULT_WAIT_MS : 0;
    const results = collectResults(changes => ledger.apply(id, changes), waitMs);
    let open = claimed.length;
    const settle = async (one: Claimed): Promise<void> => {
      const { subject } = one.delivery;
      const { result, outstandingMs, isLate } = await sending(() => turn(one));
      const written = results.add({ type: 'result', at: timestamp(Date.now()), ...about, subject, result });
      open -= 1;
      if (open === 0) results.flush();
      const record = await written;
      if (outstandingMs !== undefined && !(await budget.wait(waitOf(subject, outstandingMs)))) return;
      if (outstandingMs === undefined && !isLate) return;
      const again = bySubject(record.deliveries).get(subject);
      if (again !== undefined) queue([again]);
    };
    await Promise.all(claimed.map(settle));
  }

  function waitOf(subject: string, askedMs: number): number {
    const before = outstanding.get(subject) ?? 0;
    outstanding.set(subject, before + 1);
    return outstandingWaitMs(askedMs, before);
  }

  async function turn({ delivery, sinceMs }: Claimed): Promise<Verdict> {
    unsent -= 1;
    claimNext();
    const late = Date.now() > sinceMs + leaseMs / 2;
    if (late || isOver()) return givenBack(delivery, late);
    const from = performance.now();
    const answered = await ask(delivery, sinceMs + leaseMs - LEASE_MARGIN_MS);
    slowestMs = Math.max(performance.now() - from, slowestMs * 0.95);
    // Here, before the next one is sent.
    stop ??= answered.stop ?? null;
    return answered;
  }

  async function ask({ body, idempotencyKey }: Delivery, endsAtMs: number): Promise<Verdict> {
    if (body === null || idempotencyKey === null) throw new Error('a planned delivery has no body');
    try {
      return meaning.ofAnswer(await post({ body, key: idempotencyKey, withinMs: endsAtMs - Date.now() }));
    } catch (error) {
      if (error instanceof RemoteFailure) return meaning.ofFailure(error);
      if (error instanceof Failure) return notSent(error);
      throw error;
    }
  }

  /** One look at the record for all that other runs are sending. */
  async function watch(): Promise<void> {
    isWatching = true;
    for (let pollMs = FIRST_POLL_MS; elsewhere.size > 0 && !isOver(); pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS)) {
      if (!(await budget.wait(pollMs))) break;
      const wanted = [...elsewhere].map(subject => ({ step, subject }));
      elsewhere.clear();
      queue(await ledger.look(id, wanted));
    }
    isWatching = false;
  }

  const bySubject = (deliveries: readonly Delivery[]): Map<string, Delivery> =>
    new Map(deliveries.flatMap(delivery => (delivery.step === step ? [[delivery.subject, delivery]] : [])));

  return {
    firstClaims: (subjects, at) =>
      subjects.slice(0, ahead()).map(subject => ({ ...claimOf(subject, Date.parse(at)), unsent: true })),
    add,
    during: work => track(work),
    async ended() {
      while (underWay.size > 0) await Promise.all(underWay);
      if (broken !== null) throw broken.error;
      return stop;
    },
  };
}

const timestamp = (ms: number): string => new Date(ms).toISOString();
