import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { remove } from './applications.ts';
import { disturb } from './chaos/disturb.ts';
import { randomFrom } from './chaos/random.ts';
import { type Sync, syncAgainAndAgain } from './chaos/syncs.ts';
import { ARGOCD, get, hasCluster, until } from './cluster.ts';
import { reconcile } from './reconciling.ts';
import { demoArtifactory, recordedKeys, setArtifactory, withMetadataOf } from './stand-ins.ts';
import { retried, runningWorkflows, workflowsOf } from './workflows.ts';

const seed = Number(process.env.AFTERSYNC_CHAOS_SEED ?? Date.now() % 1_000_000);
/** A hundred take half an hour. */
const count = Number(process.env.AFTERSYNC_CHAOS_SYNCS ?? 0);
const applications = Math.max(1, Math.min(10, Math.round(count / 5)));
const ROUNDS = 40;

const Records = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ deployment: z.object({ source: z.object({ name: z.string() }) }) }),
      status: z.object({
        deliveries: z.array(z.object({ step: z.string(), state: z.string(), idempotencyKey: z.string().nullable() })),
      }),
    }),
  ),
});
const Alerts = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), status: z.object({ state: z.string() }) })),
});
const Visible = z.object({
  metadata: z.object({ uid: z.string() }),
  status: z.object({
    operationState: z.object({ startedAt: z.string() }),
    history: z.array(z.object({ deployStartedAt: z.string().optional() })).default([]),
  }),
});

describe.skipIf(!hasCluster || count === 0)(
  'syncs while everything fails at random (needs KUBECONFIG, and AFTERSYNC_CHAOS_SYNCS)',
  () => {
    const names: string[] = [];
    afterAll(async () => {
      await remove(...names);
      await setArtifactory(demoArtifactory());
    });

    test(`each of ${count} is recorded once, or its gap is alerted once (AFTERSYNC_CHAOS_SEED=${seed})`, async () => {
      const random = randomFrom(seed);
      const calm = disturb(randomFrom(random.between(0, 2 ** 31)));
      const atATime = pLimit(4);
      const seeds = Array.from({ length: applications }, () => random.between(0, 2 ** 31));
      const per = Math.ceil(count / applications);
      const done = await Promise.all(
        seeds.map((own, index) => atATime(() => syncAgainAndAgain(per, randomFrom(own), index === 0))),
      );
      const disturbed = await calm();
      const syncs = done.flatMap(application => application.syncs);
      names.push(...done.map(({ application }) => application));

      // As the CronWorkflow does, until nothing is left that mends itself.
      let rounds = 0;
      do {
        await until('no Workflow runs', async () => ((await runningWorkflows()).length === 0 ? true : null), 1200);
        if (rounds > 0) await sleep(30_000);
        rounds += 1;
      } while ((await reconcile()) > 0 && rounds < ROUNDS);

      const records = (await get(Records, '-n', ARGOCD, 'deploymentrecords')).items.filter(({ spec }) =>
        names.includes(spec.deployment.source.name),
      );
      const firing = await firingAlerts();
      const open = records.filter(({ status }) =>
        status.deliveries.some(({ state }) => !['accepted', 'duplicate', 'skipped'].includes(state)),
      );
      const known = new Set(records.map(({ metadata }) => metadata.name));
      const unrecorded = syncs.filter(({ id }) => !known.has(id));
      const visible = await visibleOf(names);
      process.stdout.write(
        `chaos: seed ${seed}; ${JSON.stringify({
          syncs: syncs.length,
          ...{
            failed: countOf(syncs, ({ phase }) => phase !== 'Succeeded'),
            silent: countOf(syncs, ({ silent }) => silent),
          },
          ...{ records: records.length, incomplete: open.length, firing: firing.length, rounds, disturbed },
          unrecorded: unrecorded.map(({ id, phase }) => `${id} ${phase}`),
        })}\n`,
      );

      // A failed operation that nobody was told of and that another one has replaced is visible in Events alone, while they last.
      expect(
        unrecorded.filter(({ id, startedAt, application }) => visible.has(`${application}/${startedAt}`) && id),
      ).toEqual([]);
      expect(unrecorded.filter(({ silent }) => !silent)).toEqual([]);
      expect(open.map(({ metadata }) => metadata.name).filter(id => !firing.includes(id))).toEqual([]);
      const keys = records.flatMap(({ status }) =>
        status.deliveries.flatMap(({ step, state, idempotencyKey }) =>
          step === 'submit-evidence' && (state === 'accepted' || state === 'duplicate') ? [idempotencyKey ?? ''] : [],
        ),
      );
      const held = (await recordedKeys()).filter(key => keys.includes(key));
      expect(held.toSorted()).toEqual(keys.toSorted());

      const [gap] = open;
      expect(open).toHaveLength(1);
      await setArtifactory(withMetadataOf('1.2.0'));
      const runs = (await workflowsOf(names[0] ?? '')).filter(workflow => workflow.includes(gap?.metadata.name ?? ''));
      await retried(runs.toSorted((a, b) => a.length - b.length || a.localeCompare(b)).at(-1) ?? '');
      expect(await firingAlerts()).not.toContain(gap?.metadata.name);
    }, 7_200_000);
  },
);

/** Names of the alerts that nobody has mended. */
async function firingAlerts(): Promise<string[]> {
  const { items } = await get(Alerts, '-n', ARGOCD, 'deploymentalerts');
  return items.filter(({ status }) => status.state === 'firing').map(({ metadata }) => metadata.name);
}

const countOf = (syncs: Sync[], which: (sync: Sync) => boolean): number => syncs.filter(which).length;

/** `<application>/<startedAt>` of what Argo CD still knows in the Applications themselves. */
async function visibleOf(names: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const name of names) {
    const { status } = await get(Visible, '-n', ARGOCD, 'application', name);
    for (const { deployStartedAt } of status.history) if (deployStartedAt) found.add(`${name}/${deployStartedAt}`);
    found.add(`${name}/${status.operationState.startedAt}`);
  }
  return found;
}
