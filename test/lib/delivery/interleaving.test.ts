import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDeploymentRecordParts } from '../../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../../lib/clients/deployment-records.ts';
import type { ArtifactSet } from '../../../lib/contracts/artifact-set.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import type { Delivery } from '../../../lib/contracts/deployment-record.ts';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { isRecorded } from '../../../lib/contracts/evidence-receipts.ts';
import { type KnownHead, verifyChain } from '../../../lib/ledger/chain.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { append, readFrom } from '../../../lib/ledger/journal.ts';
import { createKubernetesLedger } from '../../../lib/ledger/kubernetes.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import { wholeOf } from '../../../lib/ledger/stored-record.ts';
import type { Budget } from '../../../lib/runtime/budget.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { submitEvidence } from '../../../steps/submit-evidence/step.ts';
import { aDeployment, anArtifact, anIncomplete, artifactSetOf, configOf, ID } from '../../support/evidence.ts';
import { type HostileStore, hostileStore, ticks } from '../../support/hostile-store.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';
import { type Random, randomOf } from '../../support/seeded.ts';

/** For each store of records. Real seconds: cases are begun until they are over. */
const SECONDS = Number(process.env.AFTERSYNC_PROPERTY_SECONDS ?? 12);
const SEED = Number(process.env.AFTERSYNC_SEED ?? Math.floor(Math.random() * 2 ** 31));
/**
 * What a record may take, in bytes: what it begins with, a part, an artifact with all that can happen to it, that a run was there,
 * and a plan that says something else. How often anything was tried is not in it.
 */
const SIZE = { record: 4_000, part: 1_500, artifact: 6_500, run: 450, change: 500 };
const LEASE_SECONDS = 20;

const { use } = remotes();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-30T10:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});
const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);
const never = () => new Promise<never>(() => {});

/** A process that may be killed at any moment: what it had begun is done or not, and it does nothing more. */
function mortal(random: Random, probability: number) {
  let isDead = false;
  let die = () => {};
  const killed = new Promise<null>(resolve => {
    die = () => resolve(null);
  });
  const orKilled = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isDead && random.chance(probability)) isDead = true;
    if (!isDead) {
      const done = await work();
      if (!isDead && random.chance(probability)) isDead = true;
      if (!isDead) return done;
    }
    die();
    return never();
  };
  return { killed, orKilled };
}

/** Its waits move the one clock, so that leases end while requests are under way. */
function budgetOf(seconds: number, { orKilled }: ReturnType<typeof mortal>): Budget {
  const end = Date.now() + seconds * 1000;
  const remainingMs = () => Math.max(0, end - Date.now());
  return {
    remainingMs,
    wait: ms =>
      orKilled(async () => {
        await ticks(1);
        if (ms >= remainingMs()) return false;
        advance(ms);
        return true;
      }),
  };
}

/** A read whose answer may arrive long after what was written since. */
const late =
  (random: Random) =>
  <A extends unknown[], T>(read: (...args: A) => Promise<T>) =>
  async (...args: A): Promise<T> => {
    const answer = await read(...args);
    await ticks(random.below(5));
    return answer;
  };

type Open = (random: Random) => Ledger;

async function inDirectory(): Promise<Open> {
  const { directory } = await workspace();
  return random => openDirectoryLedger(directory, { append, readFrom: late(random)(readFrom) });
}

async function inCluster(): Promise<Open> {
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
  use(createDeploymentRecordsStandIn());
  const [records, parts] = [createDeploymentRecords('argocd'), createDeploymentRecordParts('argocd')];
  return random => {
    const lately = late(random);
    return createKubernetesLedger({ ...records, read: lately(records.read) }, { ...parts, read: lately(parts.read) });
  };
}

/** What a run finds: everything, less, nothing that anybody knows, or something that lacks metadata. */
function planOf(random: Random, artifacts: number): ArtifactSet {
  const names = Array.from({ length: artifacts }, (_, index) => `image-${index}`);
  const kind = random.below(10);
  if (kind === 0) return { ...artifactSetOf([]), unknown: 'nobody looked' };
  const some = kind > 4 ? names : names.filter(() => random.chance(0.6));
  const one = (name: string) => {
    if (random.chance(0.1)) return anIncomplete(name);
    return random.chance(0.1) ? anArtifact(name, { outcome: 'third-party', detail: 'not ours' }) : anArtifact(name);
  };
  return artifactSetOf(some.map(one));
}

interface Case {
  store: HostileStore;
  open: Open;
  random: Random;
  honoured: boolean;
  runs: number;
  /** Plans that may have said something else than the one before. */
  changes: number;
}

async function run(here: Case, artifacts: ArtifactSet, killProbability: number) {
  here.runs += 1;
  const name = `run-${here.runs}`;
  const life = mortal(here.random, killProbability);
  const kept = here.open(here.random);
  const ledger: Ledger = {
    ...kept,
    apply: (...args) => life.orKilled(() => kept.apply(...args)),
    read: id => life.orKilled(() => kept.read(id)),
    look: (...args) => life.orKilled(() => kept.look(...args)),
  };
  const { jet: settings } = Configuration.parse(
    configOf({
      ...{ concurrency: 1 + here.random.below(4), leaseSeconds: LEASE_SECONDS, timeoutSeconds: 10 },
      idempotency: { honoured: here.honoured },
    }),
  );
  const post = (one: Parameters<HostileStore['post']>[0]) => life.orKilled(() => here.store.post(one));
  const jet = { publishDeployment: post, publishRelease: post };
  const connect = () => ({ jet, budget: budgetOf(settings.budgetSeconds, life) });
  const input = { deployment: aDeployment(), artifacts, settings, run: name, owner: name };
  const submitted = submitEvidence({ ...input, at: new Date().toISOString() }, { ledger, connect });
  const output = await Promise.race([submitted, life.killed]);
  if (output !== null) await kept.apply(ID, [{ type: 'seal', at: new Date().toISOString() }]);
  return output;
}

/** What must hold whatever has happened. @returns bytes of the record, and the heads that it has */
async function check(here: Case, heads: readonly KnownHead[], before: readonly Delivery[], artifacts: number) {
  const stored = await here.open(here.random).readStored(ID);
  if (stored === null) return { size: 0, head: null, deliveries: [] };
  expect(verifyChain(stored, heads)).toEqual([]);
  const { deliveries } = wholeOf(stored);
  for (const delivery of deliveries) {
    const { subject, state, idempotencyKey } = delivery;
    const times = here.store.recorded.get(idempotencyKey ?? '')?.length ?? 0;
    if (times > 0) expect(['sending', 'uncertain', 'accepted', 'duplicate'], subject).toContain(state);
    if (isRecorded(state)) expect(times, subject).toBeGreaterThan(0);
    if (times > 1)
      expect([here.honoured, delivery.possibleDuplicate || state === 'sending'], subject).toEqual([false, true]);
  }
  for (const known of before)
    if (isRecorded(known.state)) expect(deliveries.find(({ subject }) => subject === known.subject)).toEqual(known);
  const { record, parts } = stored;
  const size = JSON.stringify(record).length + parts.reduce((sum, part) => sum + JSON.stringify(part).length, 0);
  const most =
    SIZE.record +
    (record.parts ?? 0) * SIZE.part +
    artifacts * SIZE.artifact +
    here.runs * SIZE.run +
    here.changes * (artifacts + 1) * SIZE.change;
  expect(size, 'bytes').toBeLessThan(most);
  return { size, head: record.head ?? null, deliveries };
}

async function play(
  seed: number,
  open: Open,
): Promise<{ size: number; artifacts: number; runs: number; posts: number }> {
  const random = randomOf(seed);
  const honoured = random.chance(0.7);
  // An outage without end: the same plan again and again.
  const isLong = random.chance(0.1);
  const artifacts = isLong ? 1 + random.below(3) : random.chance(0.05) ? 85 : 1 + random.below(6);
  const store = hostileStore(random, honoured, isLong ? 0 : 0.3);
  const here: Case = { store, open, random, honoured, runs: 0, changes: 0 };
  const all = artifactSetOf(Array.from({ length: artifacts }, (_, index) => anArtifact(`image-${index}`)));
  const heads: KnownHead[] = [];
  let deliveries: readonly Delivery[] = [];
  let largest = 0;
  const look = async () => {
    const { size, head, deliveries: now } = await check(here, heads, deliveries, artifacts);
    if (head !== null) heads.push({ head, from: `round ${heads.length}` });
    deliveries = now;
    largest = Math.max(largest, size);
  };
  for (let round = 0; round < (isLong ? 40 : 5); round += 1) {
    const atOnce = isLong ? [all] : Array.from({ length: 1 + random.below(3) }, () => planOf(random, artifacts));
    here.changes += isLong ? 0 : atOnce.length;
    await Promise.all(atOnce.map(plan => run(here, plan, random.chance(0.5) ? 0.02 : 0)));
    await look();
    advance(random.below(90) * 1000);
  }
  store.calm();
  here.changes += 1;
  let isOwed = true;
  for (let round = 0; round < 6 && isOwed; round += 1) {
    advance((LEASE_SECONDS + 1) * 1000);
    isOwed = (await run(here, all, 0))?.failure !== null;
    await look();
  }
  expect(isOwed, 'something is owed for ever').toBe(false);
  expect(deliveries.filter(({ state }) => isRecorded(state))).toHaveLength(artifacts);
  const stored = await here.open(random).read(ID);
  expect(stored && summaryOf(stored)).toMatchObject({ state: 'complete', artifacts, submitted: artifacts });
  expect(store.recorded.size).toBe(artifacts);
  const times = [...store.recorded.values()].map(({ length }) => length);
  if (honoured) expect(Math.max(...times)).toBe(1);
  return { size: largest, artifacts, runs: here.runs, posts: times.reduce((sum, count) => sum + count, 0) };
}

test.each([
  ['a directory', inDirectory],
  ['the cluster', inCluster],
])(
  'whatever happens to a record in %s, it is whole, bounded, and right in the end',
  { timeout: (SECONDS + 60) * 1000 },
  async (place, openIn) => {
    const total = { cases: 0, runs: 0, largest: 0, largestPerArtifact: 0 };
    const end = performance.now() + SECONDS * 1000;
    do {
      const seed = SEED + total.cases;
      try {
        const { size, artifacts, runs } = await play(seed, await openIn());
        total.runs += runs;
        total.largest = Math.max(total.largest, size);
        total.largestPerArtifact = Math.max(total.largestPerArtifact, Math.round(size / artifacts));
      } catch (error) {
        throw new Error(`AFTERSYNC_SEED=${seed}: ${(error as Error).message}`, { cause: error });
      }
      total.cases += 1;
    } while (performance.now() < end);
    process.stderr.write(`${JSON.stringify({ place, seed: SEED, ...total })}\n`);
  },
);
