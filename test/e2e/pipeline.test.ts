import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { deploy, deploymentOf, newName, type Operation, REGISTRY, redeploy, remove } from './applications.ts';
import { ARGOCD, get, hasCluster, kubectl, until } from './cluster.ts';
import { measuredBy } from './metrics.ts';
import { GUESTBOOK_1_0, GUESTBOOK_1_1, recorded } from './recorded.ts';
import { evidenceOf } from './stand-ins.ts';
import { post, send } from './webhook.ts';
import { attemptsOf, ended, messagesOf, readWorkflow, workflowsOf } from './workflows.ts';

const Record = z.object({
  spec: z.object({ deployment: z.object({ eventStatus: z.string(), targetEnvironment: z.string() }) }),
  status: z.object({ runs: z.number(), deliveries: z.array(z.object({ reference: z.string(), state: z.string() })) }),
});
const recordOf = (operation: Operation) => get(Record, '-n', ARGOCD, 'deploymentrecord', operation.id);

const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;

describe.skipIf(!hasCluster)('from an Argo CD sync to the evidence (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  const named = (prefix: string) => {
    const name = newName(prefix);
    applications.push(name);
    return name;
  };
  afterAll(() => remove(...applications));

  test('a sync that succeeds is recorded, and the next one records only what changed', async () => {
    const name = named('succeeds');
    const first = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    const workflow = await ended(first.workflow);
    expect(messagesOf(workflow)).toEqual([]);
    expect(workflow.status.phase).toBe('Succeeded');
    expect(await evidenceOf(name)).toEqual([
      {
        eventStatus: 'SUCCESS',
        deployTool: 'ArgoCD',
        sealId: 107647,
        jetId: '0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788796A5B4C3D2E100',
        repoName: 'guestbook',
        projectName: 'demo',
        branch: 'main',
        eventSubType: 'EKS',
        commitId: '9505cacb7c710ed17125fcc6cb3669e8ddca6c8c',
        sourceUri: `https://argocd.example.com/applications/${ARGOCD}/${name}`,
        artifactId: 'guestbook:sha256@1000000000000000000000000000000000000000000000000000000000000001',
        artifactLocation: 'artifactory/demo-local/guestbook',
        targetEnvironment: 'demo',
        initiator: 'argocd-automated-sync',
      },
    ]);
    const columns = await kubectl('-n', ARGOCD, 'get', 'deploymentrecord', first.id, '--no-headers');
    expect(columns).toMatch(new RegExp(`^${first.id} +${name} +demo +Succeeded +1 +1 `));
    const pods = Object.keys(attemptsOf(workflow));
    const { creationTimestamp } = workflow.metadata;
    process.stdout.write(
      `measured: sync finished to Workflow ${seconds(first.finishedAt, creationTimestamp)} s, Workflow ${seconds(creationTimestamp, workflow.status.finishedAt ?? '')} s, pods ${pods.length}: ${pods.join(', ')}\n`,
    );

    const measured = await measuredBy(first.workflow);
    expect(measured).toMatchObject({
      errors: [],
      tasks: {
        'submit-evidence': { environment: 'demo', accepted: '1', duplicate: '0', rejected: '0' },
        'submit-release': { environment: '', accepted: '', lag: '' },
        conclude: { environment: 'demo', result: 'recorded' },
      },
    });
    expect(Number(measured.tasks['submit-evidence']?.lag)).toBeGreaterThan(0);

    const second = await redeploy(first, [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:1.1.0`, old: `${REGISTRY}/guestbook:1.0.0` }),
    ]);
    expect((await ended(second.workflow)).status.phase).toBe('Succeeded');
    expect(await recorded(second)).toEqual([`${GUESTBOOK_1_0} SUCCESS`, `${GUESTBOOK_1_1} SUCCESS`]);
  });

  test('a sync that fails is recorded as failed', async () => {
    const name = named('fails');
    const operation = await deploy(name, [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` }),
      deploymentOf(`${name}-b`, { web: `${REGISTRY}/guestbook:1.1.0` }, 'another-selector'),
    ]);
    expect(operation.phase).toBe('Failed');
    const workflow = await ended(operation.workflow);
    expect(messagesOf(workflow)).toEqual([]);
    expect((await recorded(operation)).sort()).toEqual([`${GUESTBOOK_1_0} FAILED`, `${GUESTBOOK_1_1} FAILED`]);
    expect((await recordOf(operation)).spec.deployment.eventStatus).toBe('FAILED');
  });

  test('five deliveries of one event are one Workflow and one record an artifact', async () => {
    const name = named('five');
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    const { spec } = await until('the Workflow', () => readWorkflow(operation.workflow));
    const event = spec.arguments.parameters[0]?.value ?? '';
    const answers = await post(...Array<object>(5).fill({ name: operation.workflow, event }));
    expect(answers).toEqual(Array(5).fill('200 success'));
    const workflow = await ended(operation.workflow);
    expect(workflow.status.phase).toBe('Succeeded');
    expect(await workflowsOf(name)).toEqual([operation.workflow]);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`]);
  });

  test('an event that claims another environment is refused with both values', async () => {
    const name = named('claims');
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    const { spec } = await until('the Workflow', () => readWorkflow(operation.workflow));
    const Envelope = z.looseObject({ data: z.looseObject({}) });
    const envelope = Envelope.parse(
      JSON.parse(Buffer.from(spec.arguments.parameters[0]?.value ?? '', 'base64').toString()),
    );
    const claim = { ...envelope, data: { ...envelope.data, expected: { targetEnvironment: 'production' } } };
    const workflow = `${operation.workflow}-r9`;
    await post({ name: workflow, event: Buffer.from(JSON.stringify(claim)).toString('base64') });
    await until('the Workflow', () => readWorkflow(workflow));
    expect(messagesOf(await ended(workflow))[0]).toMatch(/^fetch-app.*exit code 2.*production.*demo/);
  });
});

describe.skipIf(!hasCluster)('what is not an event of ours (needs KUBECONFIG)', () => {
  test.each([
    ['a wrong token', { authorization: 'Bearer wrong', body: '{}' }, /^401 Invalid Auth token/],
    ['no token', { body: '{}' }, /^401 Invalid Authorization Header/],
    ['no JSON', { authorization: 'Bearer demo-webhook-token', body: 'not JSON' }, /^400 /],
    [
      '5 MB',
      { authorization: 'Bearer demo-webhook-token', body: `"${'x'.repeat(100)}"`, times: 50_000 },
      /^(400|500) /,
    ],
  ])('%s is refused', async (_, request, answer) => {
    expect(await send(request)).toMatch(answer);
  });

  test('an event without a name goes whole to the dead letters', async () => {
    const mark = newName('dead');
    expect(await post({ event: mark })).toEqual(['200 success']);
    const Letters = z.object({ items: z.array(z.object({ data: z.object({ event: z.string() }) })) });
    const letter = await until('a dead letter', async () => {
      const { items } = await get(Letters, '-n', ARGOCD, 'configmap', '-l', 'aftersync.dev/dead-letter=true');
      return items.find(({ data }) => data.event.includes(mark)) ?? null;
    });
    expect(JSON.parse(letter.data.event)).toMatchObject({ body: { event: mark } });
    expect(letter.data.event).not.toContain('demo-webhook-token');
  });

  test('template tags inside an event are text', async () => {
    const name = `${newName('tags')}-${randomBytes(8).toString('hex')}`;
    const event = Buffer.from(JSON.stringify({ a: '{{workflow.name}}', b: '{{=sprig.env("PATH")}}' })).toString(
      'base64',
    );
    await post({ name, event });
    const workflow = await until('the Workflow', () => readWorkflow(name)).then(() => ended(name));
    expect(workflow.spec.arguments.parameters[0]?.value).toBe(event);
    expect(messagesOf(workflow)[0]).toMatch(/^fetch-app.*exit code 2/);
    await kubectl('-n', ARGOCD, 'delete', 'workflow', name);
  });
});
