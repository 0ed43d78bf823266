import { execa } from 'execa';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { AlertsState } from '../../local/standins/alerts.ts';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { ARGOCD, DEMO, get, hasCluster, kubectl, until } from './cluster.ts';
import { deadLetters } from './dead-letters.ts';
import { GUESTBOOK_1_0, recorded } from './recorded.ts';
import { demoArtifactory, misbehave, setArtifactory, withMetadataOf } from './stand-ins.ts';
import { post } from './webhook.ts';
import { attemptsOf, ended, messagesOf, retried } from './workflows.ts';

const Alert = z.object({
  spec: z.object({ what: z.string(), remedy: z.string(), application: z.object({ name: z.string() }) }),
  status: z.object({
    state: z.string(),
    channels: z.array(z.object({ name: z.string(), state: z.string(), detail: z.string() })),
  }),
});
const alertOf = (id: string) => get(Alert, '-n', ARGOCD, 'deploymentalert', id);
const everybody = (state: string) => ['chat', 'desk', 'hook', 'oncall', 'routes'].map(name => `${name} ${state}`);
const told = ({ status }: z.infer<typeof Alert>) => status.channels.map(({ name, state }) => `${name} ${state}`).sort();

const Receivers = z.object({ state: AlertsState });
const PATH = `/api/v1/namespaces/${DEMO}/services/receivers:8080/proxy/_/alerts`;

/** What the receivers made of one operation, in the order they heard of it. */
async function timelineOf(id: string, application: string): Promise<string[]> {
  const { state } = Receivers.parse(JSON.parse(await kubectl('get', '--raw', PATH)));
  return state.timeline.filter(line => line.includes(id) || line.includes(application));
}

describe.skipIf(!hasCluster)('people are told once (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  const named = (prefix: string) => {
    const name = newName(prefix);
    applications.push(name);
    return name;
  };
  const syncWithout = (name: string, version: string) =>
    deploy(name, [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0`, next: `${REGISTRY}/guestbook:${version}` }),
    ]);
  afterEach(async () => {
    await setArtifactory(demoArtifactory());
    await misbehave('receivers', 'alerts', {});
  });
  afterAll(() => remove(...applications));

  test('an artifact without metadata fires one alert on every channel; the Retry that mends it resolves it', async () => {
    const name = named('alert');
    const operation = await syncWithout(name, '1.3.0');
    const failed = await ended(operation.workflow);
    expect(failed.status.phase).toBe('Failed');
    expect(Object.keys(attemptsOf(failed)).length).toBeLessThanOrEqual(6);
    const fired = await alertOf(operation.id);
    expect(fired).toMatchObject({
      spec: {
        application: { name },
        what: expect.stringContaining('guestbook:1.3.0'),
        remedy: expect.stringContaining(`retry ${operation.workflow}`),
      },
      status: { state: 'firing' },
    });
    expect(told(fired)).toEqual(everybody('sent'));
    expect(await timelineOf(operation.id, name)).toHaveLength(5);

    // Still missing: nobody hears of it a second time.
    await retried(operation.workflow);
    expect(await timelineOf(operation.id, name)).toHaveLength(5);

    await setArtifactory(withMetadataOf('1.3.0'));
    expect(messagesOf(await retried(operation.workflow))).toEqual([]);
    const resolved = await alertOf(operation.id);
    expect(resolved.status.state).toBe('resolved');
    expect(told(resolved)).toEqual(everybody('resolved'));
    const timeline = await timelineOf(operation.id, name);
    process.stdout.write(
      `one alert's life, as the receivers saw it:\n${timeline.map(line => `  ${line}`).join('\n')}\n`,
    );
    expect(timeline).toHaveLength(10);
    const columns = await kubectl('-n', ARGOCD, 'get', 'deploymentalert', operation.id, '--no-headers');
    expect(columns).toMatch(new RegExp(`^${operation.id} +${name} .*resolved`));
  });

  test('a channel that answers 500 changes nothing in the evidence, and is visible', async () => {
    await misbehave('receivers', 'alerts', { mishaps: [{ path: 'pagerduty', times: 1000, status: 500 }] });
    const name = named('deaf');
    const operation = await syncWithout(name, '1.4.0');
    const failed = await ended(operation.workflow);
    expect(attemptsOf(failed)['conclude(0)']).toBe('Succeeded');
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`]);
    const fired = await alertOf(operation.id);
    expect(told(fired)).toEqual(everybody('sent').map(line => (line === 'oncall sent' ? 'oncall failed' : line)));
    expect(fired.status.channels.find(channel => channel.name === 'oncall')?.detail).toMatch(/answered 500/);
  });

  test('a sync of which nothing is missing leaves no alert', async () => {
    const name = named('quiet');
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    expect((await ended(operation.workflow)).status.phase).toBe('Succeeded');
    expect(await kubectl('-n', ARGOCD, 'get', 'deploymentalert', operation.id, '--ignore-not-found')).toBe('');
  });

  test('an event without a name is kept, and replayed by one command', async () => {
    const before = new Set(await deadLetters());
    await post({ event: 'bm90IGpzb24=' });
    const letter = await until(
      'the event is kept',
      async () => (await deadLetters()).find(one => !before.has(one)) ?? null,
    );
    const replayed = await execa('npx', ['tsx', 'bin/aftersync.ts', 'replay', letter], { reject: false });
    expect(replayed.exitCode).toBe(2);
    expect(replayed.stdout + replayed.stderr).toMatch(/Not JSON/);
    expect(await deadLetters()).toContain(letter);
    await kubectl('-n', ARGOCD, 'delete', 'configmap', letter);
  });
});
