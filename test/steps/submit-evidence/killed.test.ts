import { setTimeout as sleep } from 'node:timers/promises';
import { getResponse, HttpResponse, http } from 'msw';
import { expect, it } from 'vitest';
import type { Delivery } from '../../../lib/contracts/deployment-record.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { serve } from '../../../local/standins/serve.ts';
import {
  aDeployment,
  anArtifact,
  artifactSetOf,
  CANARIES,
  configOf,
  ID,
  jetStandIn,
  RESOURCE,
  tokenStandIn,
} from '../../support/evidence.ts';
import { workspace } from '../../support/run-step.ts';
import { randomOf } from '../../support/seeded.ts';
import { type StepProcess, startStep } from '../../support/step-process.ts';

/** Kills in each scenario. Without it one, in three of the scenarios: each takes seconds. */
const KILLS = Number(process.env.AFTERSYNC_KILLS ?? 1);
const SEED = Number(process.env.AFTERSYNC_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ARTIFACTS = 60;
const CONCURRENCY = 4;
const LATENCY_MS = 15;
/** The first part of a run, before anything is sent, and how long it sends. */
const START_MS = 900;
const SENDING_MS = 500;

interface Scenario {
  honoured: boolean;
  runs: 1 | 2;
  /** Share of the answers that are dropped after the record was stored. */
  dropped: number;
}

const subjectIn = (body: string): string => (JSON.parse(body) as { jetId: string }).jetId;
const jetIdOf = ({ reference }: Delivery): string => `JET-${/\/([^/]+):/.exec(reference)?.[1]}`;
const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

/** Stores over HTTP that drop answers at random, and count those that they dropped. */
async function stores({ honoured, dropped }: Scenario, random: () => number) {
  const jet = jetStandIn({ honoursKeys: honoured }, { latencyMs: LATENCY_MS });
  const drops = new Map<string, number>();
  const dropping = http.post('*/api/*', async ({ request }) => {
    const drop = random() < dropped;
    const body = await request.clone().text();
    const answer = await getResponse(jet.handlers, request);
    if (!drop) return answer;
    add(drops, subjectIn(body));
    return HttpResponse.error();
  });
  const servedJet = await serve({ handlers: [dropping], received: jet.received });
  const servedToken = await serve(tokenStandIn());
  return {
    jet,
    drops,
    urls: { url: servedJet.url, token: { url: `${servedToken.url}/oauth2/token`, resource: RESOURCE } },
    close: () => Promise.all([servedJet.close(), servedToken.close()]),
  };
}

/** One operation, run again and again until it is done; most runs are killed while kills are left. */
async function operation(scenario: Scenario, kills: number, random: () => number) {
  const { jet, drops, urls, close } = await stores(scenario, random);
  const place = await workspace({
    'deployment.json': aDeployment(),
    'artifacts.json': artifactSetOf(Array.from({ length: ARTIFACTS }, (_, index) => anArtifact(`image-${index}`))),
    'config.yaml': configOf({
      ...urls,
      concurrency: CONCURRENCY,
      timeoutSeconds: 1.8,
      leaseSeconds: 2,
      budgetSeconds: 15,
      idempotency: { honoured: scenario.honoured },
    }),
  });
  const ledger = () => openDirectoryLedger(place.path('records')).read(ID);
  const inFlight = new Map<string, number>();
  let killed = 0;
  let started = 0;

  function start(): { run: string; process: StepProcess } {
    started += 1;
    const run = `run-${started}`;
    const inputs = ['deployment', 'artifacts'].map(name => `--${name}=${place.path(`${name}.json`)}`);
    const rest = [`--config=${place.path('config.yaml')}`, `--ledger=${place.path('records')}`];
    const process = startStep('submit-evidence', [...inputs, ...rest, `--out=${place.path(`${run}.json`)}`], {
      AFTERSYNC_RUN: run,
      AFTERSYNC_JET_CLIENT_ID: 'PC-1',
      AFTERSYNC_JET_CLIENT_SECRET: CANARIES.clientSecret,
    });
    return { run, process };
  }

  async function killAtRandom({ run, process }: { run: string; process: StepProcess }): Promise<void> {
    const before = jet.received.length;
    if (random() < 0.2) await sleep(random() * START_MS);
    else {
      while (process.isRunning() && jet.received.length === before) await sleep(1);
      await sleep(random() * SENDING_MS);
    }
    if (!process.isRunning()) return;
    process.kill();
    await process.ended;
    killed += 1;
    for (const delivery of (await ledger())?.deliveries ?? [])
      if (delivery.state === 'sending' && delivery.owner?.startsWith(`${run}/`)) add(inFlight, jetIdOf(delivery));
  }

  for (let done = false; !done; ) {
    const runs = Array.from({ length: scenario.runs }, start);
    await Promise.all(runs.map((run, index) => (killed + index < kills ? killAtRandom(run) : undefined)));
    const ended = await Promise.all(runs.map(({ process }) => process.ended));
    for (const { code, said } of ended) if (code !== null) expect([0, 75], said).toContain(code);
    done = ended.every(({ code }) => code === 0);
  }
  await close();
  const recorded = new Map<string, number>();
  for (const { body } of jet.state.deployments) add(recorded, subjectIn(body));
  return { killed, recorded, drops, inFlight, deliveries: (await ledger())?.deliveries ?? [] };
}

const scenarios: Scenario[] = [
  { honoured: false, runs: 1, dropped: 0 },
  { honoured: true, runs: 2, dropped: 0 },
  { honoured: false, runs: 2, dropped: 0.1 },
];
if (process.env.AFTERSYNC_KILLS !== undefined)
  scenarios.push(
    { honoured: true, runs: 1, dropped: 0 },
    { honoured: false, runs: 2, dropped: 0 },
    { honoured: true, runs: 1, dropped: 0.1 },
    { honoured: false, runs: 1, dropped: 0.1 },
    { honoured: true, runs: 2, dropped: 0.1 },
  );

it.each(scenarios)('killed at random moments: %j', { timeout: 60_000 + KILLS * 20_000 }, async scenario => {
  const { next: random } = randomOf(SEED);
  const total = { killed: 0, operations: 0, inFlight: 0, repeats: 0, drops: 0 };
  while (total.killed < KILLS) {
    const { killed, recorded, drops, inFlight, deliveries } = await operation(scenario, KILLS - total.killed, random);
    const sum = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
    total.killed += killed;
    total.operations += 1;
    total.inFlight += sum(inFlight);
    total.drops += sum(drops);
    total.repeats += sum(recorded) - recorded.size;

    expect(deliveries).toHaveLength(ARTIFACTS);
    expect(recorded.size, `none is lost (seed ${SEED})`).toBe(ARTIFACTS);
    for (const delivery of deliveries) {
      const jetId = jetIdOf(delivery);
      const times = recorded.get(jetId) ?? 0;
      expect(['accepted', 'duplicate']).toContain(delivery.state);
      const mayRepeat = scenario.honoured ? 0 : (inFlight.get(jetId) ?? 0) + (drops.get(jetId) ?? 0);
      expect(times, `${jetId} (seed ${SEED})`).toBeLessThanOrEqual(1 + mayRepeat);
      if (times > 1) expect(delivery.possibleDuplicate, `${jetId} (seed ${SEED})`).toBe(true);
    }
  }
  process.stderr.write(`${JSON.stringify({ seed: SEED, ...scenario, ...total })}\n`);
});
