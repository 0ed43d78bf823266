import { beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../dead-letters/cli.ts';
import { alertForDeadLetter } from '../../lib/alerts/dead-letter.ts';
import { openDirectoryAlerts } from '../../lib/alerts/directory.ts';
import { raise } from '../../lib/alerts/raise.ts';
import type { DeadLetter } from '../../lib/dead-letters/dead-letter.ts';
import { operationId, parseEvent } from '../../lib/events/parse-event.ts';
import { encodeEvent, workflowOf } from '../../lib/workflows/post-deployment.ts';
import { createConfigMapsStandIn } from '../../local/standins/config-maps.ts';
import { createCustomObjectsStandIn } from '../../local/standins/custom-objects.ts';
import { kubeconfigFor } from '../../local/standins/kubernetes.ts';
import { remotes } from '../support/remotes.ts';
import { runStep, workspace } from '../support/run-step.ts';

const data = {
  application: 'shop',
  namespace: 'argocd',
  uid: '3f1c6f0e-2a57-4d5e-9d2b-6f2f7c1a9b10',
  phase: 'Succeeded',
  startedAt: '2026-11-20T09:14:58Z',
};
const id = operationId(data.uid, data.startedAt);
const name = `shop-${id}`;
const bare = { schema: 'aftersync.event/v1', kind: 'argocd.sync-finished', instance: 'default', data };
const envelope = { ...bare, id, name };
const event = encodeEvent(envelope);
const kept = (body: unknown, suffix = 'x7k2p') => ({
  metadata: {
    name: `aftersync-dead-letter-${suffix}`,
    labels: { 'aftersync.dev/dead-letter': 'true', 'app.kubernetes.io/part-of': 'aftersync' },
  },
  data: { event: JSON.stringify({ header: { Authorization: ['Bearer webhook-token'] }, body }) },
});
const LETTER = 'aftersync-dead-letter-x7k2p';
const { use } = remotes();

beforeEach(async () => {
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
});

const cluster = (...letters: ReturnType<typeof kept>[]) => {
  const configMaps = createConfigMapsStandIn(letters);
  const workflows = createCustomObjectsStandIn('argoproj.io/v1alpha1/workflows');
  const alerts = createCustomObjectsStandIn('aftersync.dev/v1alpha1/deploymentalerts');
  const label = (letter = LETTER) => configMaps.state.get(letter)?.metadata.labels?.['aftersync.dev/dead-letter'];
  return { configMaps, workflows, alerts, label };
};

describe('replay', () => {
  it('starts the Workflow that the Sensor would have, and keeps the event', async () => {
    const { configMaps, workflows, alerts, label } = cluster(kept({ name, event }));
    for (const remote of [configMaps, workflows, alerts]) use(remote);
    expect(await runStep(main, [LETTER])).toEqual({
      exitCode: 0,
      output: `${LETTER}: started Workflow ${name}\n1 dead letter\n`,
    });
    const { creationTimestamp: _, resourceVersion: __, ...metadata } = workflows.state.get(name)?.metadata ?? {};
    expect({ ...workflows.state.get(name), metadata }).toEqual(workflowOf({ name, event }));
    expect(label()).toBe('replayed');
    expect(configMaps.state.get(LETTER)?.data).toEqual(kept({ name, event }).data);
  });

  it('starts none that is there already, and marks the event', async () => {
    const { configMaps, workflows, alerts, label } = cluster(kept({ name, event }));
    for (const remote of [configMaps, workflows, alerts]) use(remote);
    await runStep(main, [LETTER]);
    const again = await runStep(main, [LETTER]);
    expect(again).toMatchObject({ exitCode: 0, output: expect.stringContaining(`Workflow ${name} is there already`) });
    expect(workflows.state.size).toBe(1);
    expect(label()).toBe('replayed');
  });

  it.each<[string, unknown]>([
    ['no name beside it', { event }],
    ['a name that Kubernetes refuses', { name: '{{workflow.name}}', event }],
    ['the event as JSON', { name, event: envelope }],
    ['no id and no name within', { event: encodeEvent(bare) }],
  ])('finds out which operation it is: %s', async (_, body) => {
    const { configMaps, workflows, alerts } = cluster(kept(body));
    for (const remote of [configMaps, workflows, alerts]) use(remote);
    const run = await runStep(main, [LETTER, '--template=post-deployment-compact']);
    expect(run.exitCode, run.output).toBe(0);
    expect(workflows.state.get(name)?.spec).toMatchObject({ workflowTemplateRef: { name: 'post-deployment-compact' } });
  });

  it.each<[string, unknown, RegExp]>([
    ['no event', { name }, /holds no event: the request had no field `event`/],
    ['no body', undefined, /holds no event/],
    ['text', { event: 'hello' }, /Neither JSON nor base64/],
    ['another id than its operation has', { event: encodeEvent({ ...envelope, id: '0'.repeat(16) }) }, /names another/],
    ['a phase that nobody knows', { event: encodeEvent({ ...envelope, data: { ...data, phase: 'Lost' } }) }, /phase/],
  ])('says what is wrong with it, and leaves it: %s', async (_, body, message) => {
    const { configMaps, label } = cluster(kept(body));
    use(configMaps);
    const run = await runStep(main, [LETTER]);
    expect(run).toMatchObject({ exitCode: 2, output: expect.stringMatching(message) });
    expect(run.output).not.toContain('webhook-token');
    expect(label()).toBe('true');
  });

  it('replays every one that can be, and says which cannot', async () => {
    const { configMaps, workflows, alerts, label } = cluster(kept({ event: 'hello' }, 'aaaaa'), kept({ name, event }));
    for (const remote of [configMaps, workflows, alerts]) use(remote);
    const run = await runStep(main, ['--all']);
    expect(run).toMatchObject({
      exitCode: 2,
      output: expect.stringMatching(/Neither JSON[\s\S]*started[\s\S]*2 dead/),
    });
    expect([label('aftersync-dead-letter-aaaaa'), label()]).toEqual(['true', 'replayed']);
    const { output } = await runStep(main, ['--all', '--dry-run']);
    expect(output).toContain('1 dead letter\n');
  });

  // Argo Workflows evaluates a parameter that holds a tag.
  it.each<[string, unknown]>([
    ['an object', { ...envelope, data: { ...data, message: '{{=7*6}} {{workflow.name}}' } }],
    ['a text', JSON.stringify({ ...envelope, data: { ...data, message: '{{=7*6}} {{workflow.name}}' } })],
  ])('hands over base64 alone where the event is %s', async (_, sent) => {
    const { configMaps, workflows, alerts } = cluster(kept({ name, event: sent }));
    for (const remote of [configMaps, workflows, alerts]) use(remote);
    expect(await runStep(main, [LETTER])).toMatchObject({ exitCode: 0 });
    const spec = JSON.stringify(workflows.state.get(name)?.spec);
    expect(spec).not.toContain('{{');
    const [, parameter = ''] = /"name":"event","value":"([^"]*)"/.exec(spec) ?? [];
    expect(parseEvent(parameter, 'event').data.message).toBe('{{=7*6}} {{workflow.name}}');
    expect(Buffer.from(parameter, 'base64').toString('base64')).toBe(parameter);
  });

  it.each<[string, string, RegExp]>([
    ['nested too deep', `{"body":{"event":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}}`, /RangeError/],
    ['long and no base64', `{"body":{"event":"${'='.repeat(250_000)}A"}}`, /Neither JSON nor base64/],
    ['larger than any of ours', `{"body":{"event":"${'A'.repeat(300_000)}"}}`, /300\d* characters, at most 262144/],
  ])('goes on where one is %s', async (_, text, said) => {
    const poison = { ...kept({}, 'aaaaa'), data: { event: text } };
    const { configMaps, workflows, alerts } = cluster(poison, kept({ name, event }));
    for (const remote of [configMaps, workflows, alerts]) use(remote);
    const { exitCode, output } = await runStep(main, ['--all']);
    expect([exitCode, workflows.state.size]).toEqual([2, 1]);
    expect(output).toMatch(said);
  });

  it('reads many page by page, and one at a time', async () => {
    const many = Array.from({ length: 1200 }, (_, index) => kept({ name, event }, String(index)));
    const { configMaps } = cluster(...many);
    use(configMaps);
    const { output } = await runStep(main, ['--all', '--dry-run', '-o', 'name']);
    expect(output.trim().split('\n')).toHaveLength(1200);
    const queries = configMaps.received.map(({ query }) => query);
    expect(queries.filter(query => query.includes('limit=500'))).toHaveLength(3);
    expect(queries.filter(query => query.includes('limit=1'))).toHaveLength(1200);
  });

  it('changes nothing in a dry run', async () => {
    const { configMaps, label } = cluster(kept({ name, event }));
    use(configMaps);
    expect(await runStep(main, ['--all', '--dry-run'])).toEqual({
      exitCode: 0,
      output: `${LETTER}: would start Workflow ${name}\n1 dead letter\n`,
    });
    expect(label()).toBe('true');
  });

  it('says the same to a program', async () => {
    const { configMaps } = cluster(kept({ event: 'hello' }, 'aaaaa'), kept({ name, event }));
    use(configMaps);
    const { output } = await runStep(main, ['--all', '--dry-run', '-o', 'json']);
    expect(JSON.parse(output.slice(0, output.lastIndexOf(']') + 1))).toMatchObject([
      { letter: 'aftersync-dead-letter-aaaaa', workflow: null, outcome: 'failed' },
      { letter: LETTER, workflow: name, outcome: 'planned', detail: `would start Workflow ${name}` },
    ]);
    const named = await runStep(main, [LETTER, '--dry-run', '-o', 'name']);
    expect(named).toEqual({ exitCode: 0, output: `workflow.argoproj.io/${name}\n` });
  });

  it.each([
    [[], /give a name, or --all/],
    [[LETTER, '--all'], /give a name, or --all/],
  ])('wants to know which: %s', async (argv, message) => {
    expect(await runStep(main, argv)).toMatchObject({ exitCode: 2, output: expect.stringMatching(message) });
  });

  it('knows a ConfigMap that is none of ours', async () => {
    const { configMaps } = cluster({ ...kept({}), metadata: { name: 'other', labels: {} as never } });
    use(configMaps);
    for (const other of ['other', 'nobody'])
      expect(await runStep(main, [other])).toMatchObject({
        exitCode: 2,
        output: expect.stringMatching(/No such dead letter/),
      });
  });
});

describe('the alert of a dead letter', () => {
  const letter = (body: unknown): DeadLetter => ({
    name: LETTER,
    at: '2026-11-20T10:00:00Z',
    replayed: false,
    event: JSON.stringify({ header: { Authorization: ['Bearer webhook-token'] }, body }),
  });

  it('says whose sync it is, and the command that replays it', () => {
    expect(alertForDeadLetter(letter({ event }))).toMatchObject({
      name: 'dead-letter-x7k2p',
      cause: {
        operation: id,
        application: { namespace: 'argocd', name: 'shop' },
        subject: expect.stringContaining(LETTER),
        remedy: expect.stringContaining(`aftersync replay ${LETTER}`),
      },
    });
  });

  it('says what is wrong with an event that cannot be replayed, and keeps its headers to itself', async () => {
    const alarm = alertForDeadLetter(letter({ event: 'hello' }));
    expect(alarm.cause).toMatchObject({
      operation: null,
      application: null,
      remedy: expect.stringMatching(/Neither JSON/),
    });
    const store = openDirectoryAlerts((await workspace()).path('alerts'));
    const raised = await raise(alarm, { store, receivers: [], now: () => '2026-11-20T10:00:00Z' });
    expect(JSON.stringify(raised)).not.toContain('webhook-token');
  });
});
