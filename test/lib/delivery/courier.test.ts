import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RemoteFailure } from '../../../lib/clients/http.ts';
import type { JetAnswer, Post } from '../../../lib/clients/jet.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { createCourier } from '../../../lib/delivery/courier.ts';
import { idempotencyKeyOf, sha256Of } from '../../../lib/delivery/idempotency-key.ts';
import type { Change } from '../../../lib/ledger/change.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { deploymentOf, evidenceOf } from '../../support/deployment.ts';
import { configOf } from '../../support/evidence.ts';
import { workspace } from '../../support/run-step.ts';

const ID = '5f2d8c0a1b3e4976';
const STEP = 'submit-evidence' as const;
const subjectOf = (index: number) => `registry.example.com/shop/image-${index}:1`;
const planned = (index: number) => {
  const body = JSON.stringify({ index });
  return {
    ...evidenceOf(subjectOf(index)),
    ...{ body, bodySha256: sha256Of(body), idempotencyKey: idempotencyKeyOf(ID, STEP, subjectOf(index)) },
  };
};
const recorded: JetAnswer = {
  ...{ status: 201, headers: {}, text: '{"id":"1"}', responseId: '1' },
  ...{ attempts: 1, unanswered: 0, repeats: 0 },
};

const slowly = async () => {
  await sleep(20);
  return recorded;
};

interface Situation {
  deliveries: number;
  budgetSeconds?: number;
  honoured?: boolean;
  concurrency: number;
  leaseSeconds?: number;
  post?: (post: Post) => Promise<JetAnswer>;
}

/** A record that is planned, a courier for it, and what the two do to each other, in their order. */
async function situation({ deliveries, concurrency, leaseSeconds = 20, ...rest }: Situation) {
  const { honoured = true, budgetSeconds = 20, post = async () => recorded } = rest;
  const directory = (await workspace()).directory;
  const kept = openDirectoryLedger(directory);
  const log: string[] = [];
  const ledger: Ledger = {
    ...kept,
    look(id, wanted) {
      log.push('look');
      return kept.look(id, wanted);
    },
    async apply(id, changes, written) {
      const record = await kept.apply(id, changes, written);
      const types = new Set(changes.map(({ type }) => type));
      if (changes.length > 0) log.push(`${[...types].join('+')} ${changes.length}`);
      return record;
    },
  };
  const { jet: settings } = Configuration.parse(
    configOf({ concurrency, leaseSeconds, timeoutSeconds: 0.1, idempotency: { honoured } }),
  );
  const about = {
    ledger,
    id: ID,
    step: STEP,
    target: 'https://jet.example.com',
    settings,
    budget: createBudget(budgetSeconds),
  };
  const courierOf = (owner: string) =>
    createCourier({
      ...about,
      owner,
      post: async one => {
        log.push(`post ${JSON.parse(one.body).index}`);
        return post(one);
      },
    });
  const at = new Date().toISOString();
  const plan: Change[] = [
    { type: 'open', at, run: 'run', deployment: deploymentOf(ID) },
    { type: 'plan', at, step: STEP, deliveries: Array.from({ length: deliveries }, (_, index) => planned(index)) },
  ];
  const statesOf = async () => (await openDirectoryLedger(directory).read(ID))?.deliveries.map(({ state }) => state);
  return { ledger, log, courierOf, plan, at, statesOf };
}

describe('a courier', () => {
  test('sends nothing before its claim is written, and claims a bounded number ahead', async () => {
    const claimed = new Set<number>();
    const early: number[] = [];
    let ahead = 0;
    const here = await situation({
      deliveries: 60,
      concurrency: 2,
      async post({ body }) {
        const { index } = JSON.parse(body);
        const deliveries = (await here.ledger.read(ID))?.deliveries ?? [];
        if (deliveries[index]?.owner !== 'me') early.push(index);
        ahead = Math.max(ahead, deliveries.filter(({ owner }) => owner === 'me').length);
        claimed.add(index);
        return recorded;
      },
    });
    const courier = here.courierOf('me');
    const { deliveries } = await here.ledger.apply(ID, here.plan);
    courier.add(deliveries);
    expect(await courier.ended()).toBeNull();
    expect(early).toEqual([]);
    expect(claimed.size).toBe(60);
    // Two batches of sixteen, and what is being sent.
    expect(ahead).toBeLessThanOrEqual(2 * 16 + 2);
    expect(new Set(await here.statesOf())).toEqual(new Set(['accepted']));
  });

  test('writes what is planned and claimed at once, and the results of a batch together', async () => {
    const here = await situation({ deliveries: 5, concurrency: 8 });
    const courier = here.courierOf('me');
    const first = courier.firstClaims([0, 1, 2, 3, 4].map(subjectOf), here.at);
    courier.during(here.ledger.apply(ID, [...here.plan, ...first], deliveries => courier.add(deliveries)));
    expect(await courier.ended()).toBeNull();
    expect(here.log.filter(line => /open|claim|result/.test(line))).toEqual(['open+plan+claim 7', 'result 5']);
    expect(await here.statesOf()).toEqual(Array(5).fill('accepted'));
  });

  test('keeps no result waiting where the store records a repeated key again', async () => {
    const here = await situation({ deliveries: 4, concurrency: 1, honoured: false, post: slowly });
    const courier = here.courierOf('me');
    courier.add((await here.ledger.apply(ID, here.plan)).deliveries);
    expect(await courier.ended()).toBeNull();
    expect(here.log.filter(line => line.startsWith('result')).length).toBeGreaterThan(1);
  });

  test('takes nothing with the plan that somebody may have sent', async () => {
    const here = await situation({ deliveries: 2, concurrency: 8 });
    const past = new Date(Date.now() - 60_000).toISOString();
    await here.ledger.apply(ID, here.plan);
    await here.ledger.apply(ID, [
      {
        ...{ type: 'claim', at: past, leaseUntil: past, step: STEP, subject: subjectOf(0), owner: 'killed' },
        keyHonoured: false,
      },
    ]);
    const courier = here.courierOf('me');
    const after = await here.ledger.apply(ID, courier.firstClaims([0, 1].map(subjectOf), here.at));
    expect(after.deliveries.map(({ owner }) => owner)).toEqual(['killed', 'me']);
  });

  test('gives back what it cannot send any more, as it was', async () => {
    const here = await situation({
      deliveries: 20,
      concurrency: 1,
      post: async () => ({ ...recorded, status: 200, headers: { 'content-type': 'text/html' }, text: '<html>' }),
    });
    const courier = here.courierOf('me');
    const first = courier.firstClaims(
      Array.from({ length: 20 }, (_, index) => subjectOf(index)),
      here.at,
    );
    expect(first).toHaveLength(8);
    courier.during(here.ledger.apply(ID, [...here.plan, ...first], deliveries => courier.add(deliveries)));
    expect((await courier.ended())?.message).toContain('JET answered with a web page');
    expect(await here.statesOf()).toEqual(['uncertain', ...Array(19).fill('planned')]);
    expect(here.log.filter(line => line.startsWith('post'))).toHaveLength(1);
  });

  test('claims again what it could not send in the first half of its lease', async () => {
    const here = await situation({
      deliveries: 6,
      concurrency: 1,
      leaseSeconds: 0.4,
      async post() {
        await sleep(60);
        return recorded;
      },
    });
    const courier = here.courierOf('me');
    const { deliveries } = await here.ledger.apply(ID, here.plan);
    courier.add(deliveries);
    expect(await courier.ended()).toBeNull();
    expect(await here.statesOf()).toEqual(Array(6).fill('accepted'));
    expect(here.log.filter(line => line.startsWith('post'))).toHaveLength(6);
    expect(here.log.filter(line => line.startsWith('claim')).length).toBeGreaterThan(1);
  });

  test('waits with one look at the record for all that another run is sending', async () => {
    const here = await situation({ deliveries: 30, concurrency: 4 });
    await here.ledger.apply(ID, here.plan);
    const soon = new Date(Date.now() + 500).toISOString();
    const taken = {
      type: 'claim',
      at: here.at,
      leaseUntil: soon,
      step: STEP,
      owner: 'other',
      keyHonoured: true,
    } as const;
    const { deliveries } = await here.ledger.apply(
      ID,
      Array.from({ length: 30 }, (_, index) => ({ ...taken, subject: subjectOf(index) })),
    );
    const courier = here.courierOf('me');
    courier.add(deliveries);
    expect(await courier.ended()).toBeNull();
    expect(await here.statesOf()).toEqual(Array(30).fill('accepted'));
    expect(here.log.filter(line => line === 'look').length).toBeLessThan(30);
  });

  test('ends each request before another run may take over', async () => {
    const over: number[] = [];
    const here = await situation({
      ...{ deliveries: 6, concurrency: 1, leaseSeconds: 2 },
      async post({ body, withinMs }) {
        const endsAtMs = Date.now() + withinMs;
        const { index } = JSON.parse(body);
        const leaseUntil = (await here.ledger.read(ID))?.deliveries[index]?.leaseUntil ?? '';
        over.push(endsAtMs - Date.parse(leaseUntil));
        return recorded;
      },
    });
    const courier = here.courierOf('me');
    courier.add((await here.ledger.apply(ID, here.plan)).deliveries);
    expect(await courier.ended()).toBeNull();
    expect(over).toHaveLength(6);
    expect(Math.max(...over)).toBeLessThan(0);
    // And it has the rest of the lease for it.
    expect(Math.min(...over)).toBeGreaterThan(-500);
  });

  test('waits for what another run was first to claim, and takes it over when that was killed', async () => {
    const here = await situation({ deliveries: 3, concurrency: 4 });
    const { deliveries } = await here.ledger.apply(ID, here.plan);
    const taken = { type: 'claim', at: here.at, step: STEP, owner: 'other', keyHonoured: true } as const;
    const leaseUntil = new Date(Date.now() + 400).toISOString();
    await here.ledger.apply(ID, [{ ...taken, leaseUntil, subject: subjectOf(1) }]);
    const courier = here.courierOf('me');
    courier.add(deliveries);
    expect(await courier.ended()).toBeNull();
    expect(await here.statesOf()).toEqual(Array(3).fill('accepted'));
  });

  test('asks a store that is still at work after a second and less often then, and keeps no receipt of each time', async () => {
    const here = await situation({
      ...{ deliveries: 4, concurrency: 4, budgetSeconds: 3.8 },
      post: async () => ({
        ...{ ...recorded, status: 409, text: 'a request with this key is outstanding', responseId: null },
        headers: { 'retry-after': '0' },
      }),
    });
    const courier = here.courierOf('me');
    courier.add((await here.ledger.apply(ID, here.plan)).deliveries);
    expect(await courier.ended()).toBeNull();
    expect(here.log.filter(line => line.startsWith('post'))).toHaveLength(12);
    const record = await here.ledger.read(ID);
    expect(record?.deliveries.map(({ state, attempts }) => [state, attempts])).toEqual(Array(4).fill(['uncertain', 3]));
    // Planned, sent elsewhere than it was planned, and in doubt.
    expect(record?.receipts?.filter(({ of }) => of === 'delivery')).toHaveLength(12);
  });

  test('does not let what stops it each time keep the others from being sent', async () => {
    const refused = new RemoteFailure(
      ...([1, 'JET refused', 'POST https://jet.example.com answered 403', 'mend it'] as const),
      { status: 403, text: 'blocked', attempts: 1, unanswered: 0, repeats: 0 },
    );
    const here = await situation({
      ...{ deliveries: 3, concurrency: 1 },
      async post({ body }) {
        if (JSON.parse(body).index === 0) throw refused;
        return recorded;
      },
    });
    const stops: unknown[] = [];
    for (const owner of ['first', 'second']) {
      const courier = here.courierOf(owner);
      courier.add((await here.ledger.apply(ID, here.plan)).deliveries);
      stops.push(await courier.ended());
    }
    expect(stops).toEqual([refused, refused]);
    expect(await here.statesOf()).toEqual(['planned', 'accepted', 'accepted']);
  });

  test('sends of what is wanted no longer only what may be recorded', async () => {
    const here = await situation({ deliveries: 3, concurrency: 4 });
    await here.ledger.apply(ID, here.plan);
    const soon = new Date(Date.now() + 300).toISOString();
    const about = { at: here.at, step: STEP, owner: 'other', keyHonoured: true, leaseUntil: soon };
    const claims = [1, 2].map((index): Change => ({ type: 'claim', ...about, subject: subjectOf(index) }));
    const { deliveries } = await here.ledger.apply(ID, claims);
    const courier = here.courierOf('me');
    courier.add([], deliveries);
    const { leaseUntil: _, ...of } = about;
    const unsent = { httpStatus: null, responseId: null, detail: 'no token', attempts: 0, repeats: 0 };
    await here.ledger.apply(ID, [
      { type: 'result', ...of, subject: subjectOf(1), result: { state: 'planned', ...unsent } },
    ]);
    expect(await courier.ended()).toBeNull();
    expect(await here.statesOf()).toEqual(['planned', 'planned', 'accepted']);
    expect(here.log.filter(line => line.startsWith('post'))).toEqual(['post 2']);
  });

  test('sends nothing more where the plan fails', async () => {
    const here = await situation({ deliveries: 40, concurrency: 1 });
    const courier = here.courierOf('me');
    const { deliveries } = await here.ledger.apply(ID, here.plan);
    courier.during(Promise.reject(new Error('the second part was refused')));
    await sleep(1);
    courier.add(deliveries);
    await expect(courier.ended()).rejects.toThrow('the second part was refused');
    expect(here.log.filter(line => line.startsWith('post'))).toEqual([]);
  });
});
