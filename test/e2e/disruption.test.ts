import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { deploy, deploymentOf, newName, REGISTRY, redeploy, remove } from './applications.ts';
import { ARGOCD, hasCluster, kubectl, until } from './cluster.ts';
import { receiveAgain, refusalsOf, refuse } from './refusing-receiver.ts';
import { demoArtifactory, evidenceOf, setArtifactory } from './stand-ins.ts';
import { attemptsOf, ended, messagesOf, podOf, readWorkflow, workflowsOf } from './workflows.ts';

/** Ends the program of a step from beside it; what supervises it in the container goes on. */
const KILL_STEP = `
  const { readdirSync, readFileSync } = require('node:fs');
  const pids = readdirSync('/proc').filter(name => /^[0-9]+$/.test(name));
  const step = pids.find(pid => /^PPid:\\t1$/m.test(readFileSync('/proc/' + pid + '/status', 'utf8')));
  process.kill(Number(step), 'SIGKILL');`;

const kill = (namespace: string, ...selector: string[]) =>
  kubectl('-n', namespace, 'delete', 'pods', ...selector, '--grace-period=0', '--force');

describe.skipIf(!hasCluster)('pods that are killed (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  afterAll(() => remove(...applications));

  // All at once: each of them is in the way of every event.
  test.concurrent.each([
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

  test("a step's pod, and a step's program with SIGKILL: each is run again", async () => {
    await setArtifactory(demoArtifactory(), { latencyMs: 25_000 });
    // A pod that the controller has not seen running is made again without an attempt being counted.
    const lookingUp = async (prefix: string) => {
      const name = newName(prefix);
      applications.push(name);
      const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
      await until('the controller sees jfrog-lookup run', async () =>
        attemptsOf(await readWorkflow(operation.workflow))['jfrog-lookup(0)'] === 'Running' ? true : null,
      );
      return { name, operation, pod: await podOf(operation.workflow, '-jfrog-lookup-') };
    };
    const [deleted, killed] = await Promise.all([
      lookingUp('deleted').then(async run => {
        await kubectl('-n', ARGOCD, 'delete', 'pod', run.pod);
        return run;
      }),
      lookingUp('sigkill').then(async run => {
        await kubectl('-n', ARGOCD, 'exec', run.pod, '-c', 'main', '--', 'node', '-e', KILL_STEP);
        return run;
      }),
    ]);
    await setArtifactory(demoArtifactory());
    const messages = [['pod deleted'], [expect.stringMatching(/exit code 137/)]];
    for (const [index, { name, operation }] of [deleted, killed].entries()) {
      const workflow = await ended(operation.workflow);
      expect(workflow.status.phase).toBe('Succeeded');
      expect(messagesOf(workflow).map(message => message.replace('jfrog-lookup(0): ', ''))).toEqual(messages[index]);
      expect(await evidenceOf(name)).toHaveLength(1);
    }
  });

  test('the receiver, which answers 500 for two minutes: the event arrives afterwards', async () => {
    const name = newName('refused');
    applications.push(name);
    await refuse();
    try {
      const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
      await sleep(120_000);
      expect(await refusalsOf(operation.workflow)).toBeGreaterThan(1);
      expect(await workflowsOf(name)).toEqual([]);
      await receiveAgain();
      await until('the Workflow', () => readWorkflow(operation.workflow), 300);
      expect((await ended(operation.workflow)).status.phase).toBe('Succeeded');
      expect(await evidenceOf(name)).toHaveLength(1);
    } finally {
      await receiveAgain();
    }
  }, 900_000);
});
