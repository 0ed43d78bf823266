import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { deadLetterAlertName } from '../../lib/alerts/dead-letter.ts';
import { eventOf } from '../steps/fetch-app/event-of.ts';
import { deploy, deploymentOf, newName, REGISTRY, redeploy, remove } from './applications.ts';
import { ARGOCD, get, hasCluster, kubectl, until } from './cluster.ts';
import { deadLetters } from './dead-letters.ts';
import { reconcileNow } from './reconciling.ts';
import { evidenceOf } from './stand-ins.ts';
import { post } from './webhook.ts';
import { ended, messagesOf, readWorkflow, workflowsOf } from './workflows.ts';

/** reconcile.graceSeconds of the demo, and a second. */
const GRACE_MS = 31_000;
const NOTIFICATIONS = 'deployment/argocd-notifications-controller';
const Records = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        deployment: z.object({
          source: z.object({ name: z.string() }),
          eventStatus: z.string(),
          operation: z.object({ knownFrom: z.string(), message: z.string() }),
          resourcesKnown: z.boolean(),
        }),
      }),
      status: z.object({
        artifacts: z.string().optional(),
        // Records of an older version do not say it.
        summary: z.object({ state: z.string().optional() }),
        runs: z.number(),
        deliveries: z.array(z.object({ state: z.string(), body: z.string().nullable() })),
      }),
    }),
  ),
});
const Alert = z.object({ status: z.object({ state: z.string() }) });

const recordsOf = async (application: string) =>
  (await get(Records, '-n', ARGOCD, 'deploymentrecords')).items.filter(
    ({ spec }) => spec.deployment.source.name === application,
  );
const eventIn = async (workflow: string) =>
  (await readWorkflow(workflow)).spec.arguments.parameters.find(({ name }) => name === 'event')?.value;

const alertOf = async (letter: string) =>
  (await get(Alert, '-n', ARGOCD, 'deploymentalert', deadLetterAlertName(letter))).status.state;

/** What the notification of the last operation sends. */
async function encodedEventOf(application: string): Promise<{ name: string; event: string }> {
  const event = eventOf(await get(z.unknown(), '-n', ARGOCD, 'application', application));
  return { name: event.name, event: Buffer.from(JSON.stringify(event)).toString('base64') };
}

/** Runs reconcile until it has started a Workflow of the Application: an operation that just finished is left alone. */
const startedFor = (application: string) =>
  until('reconcile starts it', async () => {
    const names = (await reconcileNow()).started.filter(name => name.startsWith(`${application}-`));
    return names.length === 0 ? null : names;
  });

describe.skipIf(!hasCluster)('what no notification told of (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  const named = (prefix: string) => {
    const name = newName(prefix);
    applications.push(name);
    return name;
  };
  const notify = async (replicas: 0 | 1) => {
    await kubectl('-n', ARGOCD, 'scale', NOTIFICATIONS, `--replicas=${replicas}`);
    await kubectl('-n', ARGOCD, 'rollout', 'status', NOTIFICATIONS, '--timeout=120s');
    const pods = ['pods', '-l', 'app.kubernetes.io/name=argocd-notifications-controller'];
    if (replicas === 0) await kubectl('-n', ARGOCD, 'wait', '--for=delete', ...pods, '--timeout=120s');
  };
  beforeAll(() => notify(0));
  afterAll(async () => {
    await notify(1);
    await remove(...applications);
  });

  test('is recorded by the next run, with the bytes that the notification would have made; another run does nothing', async () => {
    const name = named('silent');
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    expect(await startedFor(name)).toEqual([operation.workflow]);
    const workflow = await ended(operation.workflow);
    expect(messagesOf(workflow)).toEqual([]);
    expect(await evidenceOf(name)).toHaveLength(1);
    const [record] = await recordsOf(name);
    expect(record).toMatchObject({ metadata: { name: operation.id }, status: { summary: { state: 'complete' } } });

    expect((await reconcileNow()).started.filter(started => started.startsWith(name))).toEqual([]);
    expect(await workflowsOf(name)).toEqual([operation.workflow]);

    const event = await eventIn(operation.workflow);
    await kubectl('-n', ARGOCD, 'delete', 'workflow', operation.workflow);
    await kubectl('-n', ARGOCD, 'delete', 'deploymentrecord', operation.id);
    await notify(1);
    await until('the notification starts it', () => readWorkflow(operation.workflow));
    expect(await eventIn(operation.workflow)).toBe(event);
    await ended(operation.workflow);
    const [again] = await recordsOf(name);
    expect(again?.status.deliveries.map(({ body }) => body)).toEqual(record?.status.deliveries.map(({ body }) => body));
    expect(await evidenceOf(name)).toHaveLength(1);
    await notify(0);
  }, 600_000);

  test('and was overwritten after it failed is recorded from Kubernetes Events, its artifacts unknown, with one alert', async () => {
    const name = named('overwritten');
    const failing = [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` }),
      deploymentOf(`${name}-b`, { web: `${REGISTRY}/guestbook:1.1.0` }, 'another-selector'),
    ];
    const failed = await deploy(name, failing);
    expect(failed.phase).toBe('Failed');
    const succeeded = await redeploy(failed, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.1.0` })]);
    expect(succeeded.phase).toBe('Succeeded');

    const [first = ''] = await startedFor(name);
    expect(messagesOf(await ended(first))).toEqual([]);
    const second = await startedFor(name);
    expect(second).toEqual([succeeded.workflow]);
    expect(messagesOf(await ended(succeeded.workflow))).toEqual([]);

    const records = await recordsOf(name);
    expect(records.map(({ spec }) => spec.deployment.eventStatus).sort()).toEqual(['FAILED', 'SUCCESS']);
    const lost = records.find(({ spec }) => spec.deployment.eventStatus === 'FAILED');
    expect(lost).toMatchObject({
      spec: { deployment: { resourcesKnown: false, operation: { knownFrom: 'events' } } },
      status: { artifacts: 'unknown', summary: { state: 'unknown' }, deliveries: [] },
    });
    expect(lost?.spec.deployment.operation.message).toMatch(/invalid|selector/);
    const alert = await get(Alert, '-n', ARGOCD, 'deploymentalert', lost?.metadata.name ?? '');
    expect(alert.status.state).toBe('firing');

    expect((await reconcileNow()).started.filter(started => started.startsWith(name))).toEqual([]);
    expect((await workflowsOf(name)).sort()).toEqual([first, succeeded.workflow].sort());
  }, 600_000);

  test('two runs and a Sensor at once: one Workflow, one record; a kept event is replayed by one command', async () => {
    const [both, broken] = [named('at-once'), named('broken')];
    const image = `${REGISTRY}/guestbook:1.0.0`;
    const ignored = { 'aftersync.dev/ignore': 'true' };
    const [operation, kept] = await Promise.all([
      deploy(both, [deploymentOf(both, { web: image })]),
      deploy(broken, [deploymentOf(broken, { web: image })], ignored),
    ]);
    const before = new Set(await deadLetters());
    const { event: lost } = await encodedEventOf(broken);
    await post({ event: lost });
    const letter = await until(
      'the event is kept',
      async () => (await deadLetters()).find(one => !before.has(one)) ?? null,
    );

    await sleep(Math.max(0, Date.parse(operation.finishedAt) + GRACE_MS - Date.now()));
    const event = await encodedEventOf(both);
    expect(event.name).toBe(operation.workflow);
    const [one, other] = await Promise.all([reconcileNow(), reconcileNow(), post(event)]);
    expect([...one.started, ...other.started].filter(name => name.startsWith(both)).length).toBeLessThanOrEqual(1);
    expect(await alertOf(letter)).toBe('firing');

    await execa(process.execPath, ['--import', 'tsx', 'bin/aftersync.ts', 'replay', letter]);
    expect(await alertOf(letter)).toBe('resolved');
    expect(await deadLetters()).not.toContain(letter);
    for (const { application, id, workflow } of [operation, kept]) {
      expect(messagesOf(await ended(workflow))).toEqual([]);
      expect(await workflowsOf(application)).toEqual([workflow]);
      expect(await recordsOf(application)).toMatchObject([
        { metadata: { name: id }, status: { summary: { state: 'complete' }, runs: 1 } },
      ]);
      expect(await evidenceOf(application)).toHaveLength(1);
    }
  }, 600_000);
});
