import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploy, deploymentOf, newName, REGISTRY, redeploy, remove } from './applications.ts';
import { ARGOCD, hasCluster, kubectl, until } from './cluster.ts';
import { install } from './install.ts';
import { evidenceOf } from './stand-ins.ts';
import { ended, readWorkflow, workflowsOf } from './workflows.ts';

const kill = (namespace: string, ...selector: string[]) =>
  kubectl('-n', namespace, 'delete', 'pods', ...selector, '--grace-period=0', '--force');

describe.skipIf(!hasCluster)('pods that are killed (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  beforeAll(install, 600_000);
  afterAll(() => remove(...applications));

  test.each([
    ['the EventSource', () => kill(ARGOCD, '-l', 'eventsource-name=argocd')],
    ['the Sensor', () => kill(ARGOCD, '-l', 'sensor-name=argocd-sync')],
    ['one pod of the EventBus', () => kill(ARGOCD, 'eventbus-aftersync-js-0')],
  ])('%s, as a sync finishes: its event arrives', async (_, disrupt) => {
    const name = newName('killed');
    applications.push(name);
    const first = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    await ended(first.workflow);
    const [second] = await Promise.all([
      redeploy(first, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.1.0` })]),
      disrupt(),
    ]);
    await until('the Workflow', () => readWorkflow(second.workflow), 240);
    expect((await ended(second.workflow)).status.phase).toBe('Succeeded');
    expect((await workflowsOf(name)).sort()).toEqual([first.workflow, second.workflow].sort());
    expect((await evidenceOf(name)).map(({ artifactId }) => artifactId.slice(17, 20))).toEqual(['100', '110']);
  });

  test('the controller of Argo Workflows, in the middle of a Workflow: it goes on', async () => {
    const name = newName('controller');
    applications.push(name);
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    await until('the Workflow runs', async () =>
      (await readWorkflow(operation.workflow)).status.phase === 'Running' ? true : null,
    );
    await kill('argo', '-l', 'app=workflow-controller');
    expect((await ended(operation.workflow)).status.phase).toBe('Succeeded');
    expect(await evidenceOf(name)).toHaveLength(1);
  });
});
