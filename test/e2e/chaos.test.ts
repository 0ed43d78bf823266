import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remove } from './applications.ts';
import { argocdBinary } from './argo-cd.ts';
import { firingAlerts, matched, openAt, type Record, recordsOf, visibleIn } from './chaos/aftermath.ts';
import { disturb } from './chaos/disturb.ts';
import { randomFrom } from './chaos/random.ts';
import { type Sync, syncAgainAndAgain, UNKNOWN, versionOf } from './chaos/syncs.ts';
import { hasCluster, until } from './cluster.ts';
import { deadLetters } from './dead-letters.ts';
import { reconcile } from './reconciling.ts';
import { renderHistory, renderNoHistory } from './rendering.ts';
import { artifactIdOf, demoArtifactory, entriesOf, setArtifactory, withMetadataOf } from './stand-ins.ts';
import { retried, runningWorkflows, workflowsOf } from './workflows.ts';

const seed = Number(process.env.AFTERSYNC_CHAOS_SEED ?? Date.now() % 1_000_000);
/** A hundred take three quarters of an hour on two cores. */
const count = Number(process.env.AFTERSYNC_CHAOS_SYNCS ?? 0);
const applications = Math.max(1, Math.min(10, Math.round(count / 5)));
const per = Math.ceil(count / applications);
const ROUNDS = 60;

const argocd = hasCluster && count > 0 ? await argocdBinary() : null;
const versions = Array.from({ length: per }, (_, index) => versionOf(index + 1));

describe.skipIf(argocd === null)(
  'syncs while everything fails at random (needs KUBECONFIG, argocd on the PATH, and AFTERSYNC_CHAOS_SYNCS)',
  () => {
    const names: string[] = [];
    // What Argo CD shows in its history alone is rendered again.
    beforeAll(async () => {
      await renderHistory(argocd ?? '');
      await setArtifactory(withMetadataOf(...versions));
    });
    afterAll(async () => {
      await remove(...names);
      await renderNoHistory();
      await setArtifactory(demoArtifactory());
    });

    test(`each of ${count} is recorded once, or its gap is alerted once (AFTERSYNC_CHAOS_SEED=${seed})`, async () => {
      const began = Date.now();
      const old = new Set(await deadLetters());
      const random = randomFrom(seed);
      const calm = disturb(randomFrom(random.between(0, 2 ** 31)));
      const seeds = Array.from({ length: applications }, () => random.between(0, 2 ** 31));
      const done = await Promise.all(
        seeds.map((own, index) => syncAgainAndAgain(per, randomFrom(own), { gap: index === 0, names })),
      );
      const disturbed = await calm();
      const syncs = done.flat();
      const minutes = { syncing: minutesSince(began), mending: 0 };
      const rounds = await reconcileUntilDone();
      minutes.mending = minutesSince(began) - minutes.syncing;

      const records = await recordsOf(names);
      const recordOf = matched(syncs, records);
      const visible = await visibleIn(syncs);
      const unrecorded = syncs.filter(({ id }) => !recordOf.has(id));
      const open = records.filter(({ state }) => state !== 'complete');
      const letters = (await deadLetters()).filter(letter => !old.has(letter));
      const lines = (all: readonly Sync[]) =>
        all.map(({ id, application, startedAt, phase }) => `${application} ${id} ${startedAt} ${phase}`);
      const figures = {
        seed,
        syncs: syncs.length,
        failed: countOf(syncs, ({ phase }) => phase !== 'Succeeded'),
        silent: countOf(syncs, ({ silent }) => silent),
        visibleIn: tally([...visible.values()]),
        visibleInNone: lines(syncs.filter(({ id }) => !visible.has(id))),
        disturbed,
        records: tally(records.map(({ knownFrom, state }) => `${state}, known from ${knownFrom}`)),
        rounds,
        minutes,
        deadLetters: letters.length,
        gaps: open.map(({ id, application, state }) => `${application} ${id} ${state}`),
      };
      process.stdout.write(`chaos: ${JSON.stringify(figures, null, 2)}\n`);

      expect(lines(unrecorded.filter(({ id }) => visible.has(id)))).toEqual([]);
      // Each record is that of one sync.
      expect(records.map(({ id }) => id).sort()).toEqual([...recordOf.values()].map(({ id }) => id).sort());
      expectTrue(syncs, recordOf);
      // Which images it touched is forgotten of a failed operation that nobody was told of in time, and of nothing else.
      const forgotten = syncs.filter(({ id }) => recordOf.get(id)?.state === 'unknown');
      expect(
        forgotten.filter(({ id, phase }) => phase === 'Succeeded' || visible.get(id) === 'operationState'),
      ).toEqual([]);

      const entries = await entriesOf(names);
      expect(entries.map(({ key }) => key).sort()).toEqual(records.flatMap(({ keys }) => keys).sort());
      const ofOwnVersions = entries.filter(({ artifactId }) => versions.map(artifactIdOf).includes(artifactId));
      expect(ofOwnVersions.map(lineOf).sort()).toEqual(owed(syncs, recordOf));

      const gaps = [...open.map(({ id }) => id), ...letters.map(letter => letter.replace('aftersync-', ''))].sort();
      expect((await firingAlerts(names)).sort()).toEqual(gaps);
      const told = await openAt(await firingAlerts(names));
      expect([told.pagerduty.sort(), told.servicenow.sort()]).toEqual([gaps, gaps]);

      // What a person mends: metadata, and events that could not start a Workflow.
      const mendable = open.filter(({ state }) => state !== 'unknown');
      expect(mendable.map(({ images }) => images.some(image => image.endsWith(UNKNOWN)))).toEqual([true]);
      await setArtifactory(withMetadataOf(...versions, UNKNOWN));
      for (const { application, id } of mendable) await retried(await lastWorkflowOf(application, id));
      for (const letter of letters) await execa('npx', ['tsx', 'bin/aftersync.ts', 'replay', letter]);
      await reconcileUntilDone();
      const left = gaps.filter(name => open.some(({ id, state }) => id === name && state === 'unknown'));
      expect((await firingAlerts(names)).sort()).toEqual(left);
      const heard = await openAt(gaps);
      expect([heard.pagerduty.sort(), heard.servicenow.sort()]).toEqual([left, left]);
      const mended = (await entriesOf(names)).filter(({ artifactId }) => artifactId === artifactIdOf(UNKNOWN));
      expect(mended.map(({ application }) => application)).toEqual(mendable.map(({ application }) => application));
    }, 7_200_000);
  },
);

/** As the CronWorkflow does, until nothing is left that mends itself. @returns how often */
async function reconcileUntilDone(): Promise<number> {
  let rounds = 0;
  do {
    await until('no Workflow runs', async () => ((await runningWorkflows()).length === 0 ? true : null), 1800);
    if (rounds > 0) await sleep(20_000);
    rounds += 1;
  } while ((await reconcile()) > 0 && rounds < ROUNDS);
  return rounds;
}

/** What a record says is what was synced. */
function expectTrue(syncs: readonly Sync[], recordOf: ReadonlyMap<string, Record>): void {
  const said = syncs.flatMap(({ id, application }) => {
    const record = recordOf.get(id);
    return record === undefined ? [] : [{ id, application, eventStatus: record.eventStatus, images: record.images }];
  });
  const meant = syncs.flatMap(({ id, application, phase, images }) => {
    const record = recordOf.get(id);
    const eventStatus = phase === 'Succeeded' ? 'SUCCESS' : 'FAILED';
    if (record === undefined) return [];
    return [{ id, application, eventStatus, images: record.state === 'unknown' ? [] : [...images].sort() }];
  });
  expect(said).toEqual(meant);
}

const lineOf = ({
  application,
  artifactId,
  eventStatus,
}: {
  application: string;
  artifactId: string;
  eventStatus: string;
}) => `${application} ${artifactId} ${eventStatus}`;

/** Each sync deploys one version that no other did, so that its evidence is owed by that sync alone. */
const owed = (syncs: readonly Sync[], recordOf: ReadonlyMap<string, Record>): string[] =>
  syncs
    .filter(({ id }) => recordOf.has(id) && recordOf.get(id)?.state !== 'unknown')
    .map(({ application, version, phase }) =>
      lineOf({
        application,
        artifactId: artifactIdOf(version),
        eventStatus: phase === 'Succeeded' ? 'SUCCESS' : 'FAILED',
      }),
    )
    .sort();

/** The Workflow that worked last on an operation: a resume has a number at its end. */
async function lastWorkflowOf(application: string, id: string): Promise<string> {
  const runs = (await workflowsOf(application)).filter(name => name.includes(id));
  return runs.toSorted((a, b) => a.length - b.length || a.localeCompare(b)).at(-1) ?? '';
}

const minutesSince = (began: number) => Math.round((Date.now() - began) / 6000) / 10;
const countOf = (syncs: readonly Sync[], which: (sync: Sync) => boolean): number => syncs.filter(which).length;

function tally(values: readonly string[]): { [value: string]: number } {
  const counts: { [value: string]: number } = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
