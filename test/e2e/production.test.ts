import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { ARGOCD, get, hasCluster, kubectl, kubectlWith, until } from './cluster.ts';
import { evidenceOf, releasesOf } from './stand-ins.ts';
import { post } from './webhook.ts';
import { ended, messagesOf, readWorkflow, retried } from './workflows.ts';

const CRD = 'changewindows.changemgmt.example.com';
const CHANGE_REQUEST = `CHG${String(Date.now()).slice(-9)}`;

const RELEASE = {
  ...{ Event: 'CREATE', releaseID: 0, Comment: '' },
  ...{ Approver: 'argocd-automated-sync', changeRequest: CHANGE_REQUEST },
};

const ConfigMap = z.object({ data: z.object({ 'config.yaml': z.string() }) });
const Configuration = z.looseObject({ environments: z.looseObject({ rules: z.array(z.unknown()).optional() }) });

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

/** As an organisation has it; that the store of change windows is a resource is all that is assumed of it. */
async function installChangeWindows(): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await kubectlWith(
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: CRD },
      spec: {
        group: 'changemgmt.example.com',
        scope: 'Namespaced',
        names: { kind: 'ChangeWindow', plural: 'changewindows', singular: 'changewindow' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
    'apply',
    '-f',
    '-',
  );
  await kubectl('wait', 'crd', CRD, '--for=condition=Established', '--timeout=60s');
}

const applyWindow = (application: string) =>
  kubectlWith(
    {
      apiVersion: 'changemgmt.example.com/v1',
      kind: 'ChangeWindow',
      metadata: { name: application, namespace: ARGOCD },
      spec: {
        snowId: CHANGE_REQUEST,
        startTime: inMinutes(-60),
        endTime: inMinutes(60),
        applications: [application],
      },
    },
    'apply',
    '-f',
    '-',
  );

/** Makes one Application production, as docs/configuration.md says. */
async function makeProduction(application: string): Promise<void> {
  const { data } = await get(ConfigMap, '-n', ARGOCD, 'configmap', 'aftersync-config');
  const config = Configuration.parse(parse(data['config.yaml']));
  const rules = [
    ...(config.environments.rules ?? []),
    { application: `${ARGOCD}/${application}`, environment: 'production' },
  ];
  const environments = { ...config.environments, production: ['production'], rules };
  const patch = JSON.stringify({ data: { 'config.yaml': stringify({ ...config, environments }) } });
  await kubectl('-n', ARGOCD, 'patch', 'configmap', 'aftersync-config', '--type=merge', '-p', patch);
}

describe.skipIf(!hasCluster)('production (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  beforeAll(installChangeWindows);
  afterAll(async () => {
    await remove(...applications);
    await kubectl('delete', 'crd', CRD, '--ignore-not-found');
    await kubectl('apply', '-k', 'deploy/demo');
  });

  test('one release event, bound to the change request of the window', async () => {
    const name = newName('production');
    applications.push(name);
    await makeProduction(name);
    await applyWindow(name);
    const operation = await deploy(name, [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0`, next: `${REGISTRY}/guestbook:1.1.0` }),
    ]);
    const workflow = await ended(operation.workflow);
    expect(messagesOf(workflow)).toEqual([]);
    expect((await evidenceOf(name)).map(({ targetEnvironment }) => targetEnvironment)).toEqual([
      'production',
      'production',
    ]);
    expect(await releasesOf(CHANGE_REQUEST)).toEqual([RELEASE]);

    // The same event once more, when its Workflow is not there any more.
    const event = workflow.spec.arguments.parameters[0]?.value;
    await kubectl('-n', ARGOCD, 'delete', 'workflow', operation.workflow);
    await post({ name: operation.workflow, event });
    await until('the Workflow', () => readWorkflow(operation.workflow));
    expect(messagesOf(await ended(operation.workflow))).toEqual([]);
    expect(await releasesOf(CHANGE_REQUEST)).toEqual([RELEASE]);
    expect(await evidenceOf(name)).toHaveLength(2);
  });

  test('without a window the evidence is sent and the release is missing; with one, Retry sends it', async () => {
    const name = newName('windowless');
    applications.push(name);
    await makeProduction(name);
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    const failed = await ended(operation.workflow);
    expect(messagesOf(failed).join('\n')).toMatch(/submit-release.*: main: Error \(exit code 1\): .*ChangeWindow/);
    expect(await evidenceOf(name)).toHaveLength(1);
    const released = await releasesOf(CHANGE_REQUEST);

    await applyWindow(name);
    expect(messagesOf(await retried(operation.workflow))).toEqual([]);
    expect(await releasesOf(CHANGE_REQUEST)).toEqual([...released, RELEASE]);
    expect(await evidenceOf(name)).toHaveLength(1);
  });
});
