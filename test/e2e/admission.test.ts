import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockOf } from '../../lib/events/lock.ts';
import { encodeEvent, workflowOf } from '../../lib/workflows/post-deployment.ts';
import { ARGOCD, hasCluster, kubectl, kubectlWith, until } from './cluster.ts';
import { ended } from './workflows.ts';

const ID = 'ad315510adc0ffee';
const EVENT = encodeEvent({ schema: 'aftersync.event/v1' });
const FOREIGN = `db-migration-${Date.now()}`;

const ours = workflowOf({ name: `admission-${ID}`, event: EVENT });
type Workflow = typeof ours & { spec: Record<string, unknown>; status?: object };
const changed = (change: (workflow: Workflow) => void): Workflow => {
  const workflow = structuredClone(ours) as Workflow;
  change(workflow);
  return workflow;
};

/** What the API server says to an account of ours; nothing is kept where it is asked with dry run. */
async function as(account: string, object: unknown, ...args: string[]): Promise<string> {
  const identity = `--as=system:serviceaccount:${ARGOCD}:aftersync-${account}`;
  return kubectlWith(object, '-n', ARGOCD, identity, ...args).catch((error: Error & { stderr?: string }) => {
    return error.stderr ?? error.message;
  });
}
const create = (account: string, object: unknown) => as(account, object, 'create', '--dry-run=server', '-f', '-');
const patch = (name: string, body: unknown) =>
  as('sensor', '', 'patch', 'workflow', name, '--type=merge', '-p', JSON.stringify(body));

const INLINE = [{ name: 'x', container: { image: 'localhost/node:24', command: ['node', '-v'] } }];

/** Each is one step to the rights of another account, or to code of one's own. */
const REFUSED: Record<string, Workflow> = {
  'templates of its own': changed(({ spec }) => Object.assign(spec, { entrypoint: 'x', templates: INLINE })),
  'another service account': changed(({ spec }) =>
    Object.assign(spec, { serviceAccountName: 'argocd-application-controller' }),
  ),
  'a patch of its pods': changed(({ spec }) => Object.assign(spec, { podSpecPatch: '{"hostNetwork":true}' })),
  'another template': changed(({ spec }) =>
    Object.assign(spec, { workflowTemplateRef: { name: 'reconcile', clusterScope: true } }),
  ),
  'a template of the namespace': changed(({ spec }) =>
    Object.assign(spec, { workflowTemplateRef: { name: 'post-deployment' } }),
  ),
  'a tag in the event': changed(({ spec }) => {
    spec.arguments.parameters[0] = { name: 'event', value: '{{=sprig.genPrivateKey("rsa")}}' };
  }),
  'a tag in the lock': changed(({ spec }) => {
    spec.arguments.parameters[1] = { name: 'lock', value: '{{workflow.name}}' };
  }),
  'one more parameter': changed(({ spec }) => {
    spec.arguments.parameters.push({ name: 'image', value: 'x' });
  }),
  'a parameter from elsewhere': changed(({ spec }) => {
    Object.assign(spec.arguments.parameters[0] ?? {}, {
      valueFrom: { configMapKeyRef: { name: 'argocd-cm', key: 'url' } },
    });
  }),
  'an artifact': changed(({ spec }) =>
    Object.assign(spec.arguments, { artifacts: [{ name: 'event', raw: { data: '' } }] }),
  ),
  'a status, which holds templates too': changed(workflow =>
    Object.assign(workflow, { status: { storedWorkflowTemplateSpec: { templates: INLINE } } }),
  ),
  'the name of something else': changed(({ metadata }) => Object.assign(metadata, { name: 'db-migration' })),
};

describe.skipIf(!hasCluster)('admission (needs KUBECONFIG)', () => {
  beforeAll(async () => {
    await kubectlWith(
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { name: FOREIGN, namespace: ARGOCD },
        spec: {
          entrypoint: 'wait',
          arguments: { parameters: [{ name: 'version', value: '1' }] },
          templates: [{ name: 'wait', suspend: {} }],
        },
      },
      'create',
      '-f',
      '-',
    );
    // A policy holds some seconds after it was made.
    await until('the policy', async () => {
      const answer = await create('sensor', REFUSED['templates of its own']);
      return answer.includes('denied request') ? answer : null;
    });
  });
  afterAll(() => kubectl('-n', ARGOCD, 'delete', 'workflow', FOREIGN, ours.metadata.name, '--ignore-not-found'));

  test.each(['sensor', 'reconcile'])('%s may start post-deployment with an event and a lock', async account => {
    expect(await create(account, ours)).toContain('created (server dry run)');
    const resumed = changed(({ metadata }) => Object.assign(metadata, { name: `${ours.metadata.name}-r2` }));
    expect(await create(account, resumed)).toContain('created (server dry run)');
  });

  describe.each(['sensor', 'reconcile'])('%s may not start a Workflow with', account => {
    test.each(Object.entries(REFUSED))('%s', async (_, workflow) => {
      expect(await create(account, workflow)).toMatch(
        /ValidatingAdmissionPolicy 'aftersync-workflows'.*denied request/,
      );
    });
  });

  test('the Sensor changes nobody’s Workflow', async () => {
    const { metadata, spec } = ours;
    expect(await patch(FOREIGN, { metadata: { labels: metadata.labels }, spec })).toContain('denied request');
    expect(await patch(FOREIGN, { status: { phase: 'Succeeded' } })).toContain('denied request');
    const kept = await kubectl('-n', ARGOCD, 'get', 'workflow', FOREIGN, '-o', 'jsonpath={.spec.arguments.parameters}');
    expect(JSON.parse(kept)).toEqual([{ name: 'version', value: '1' }]);
  });

  test('a second delivery of an event is taken, one of another event under its name is not', async () => {
    expect(await as('sensor', ours, 'create', '-f', '-')).toContain('created');
    await ended(ours.metadata.name);
    const { metadata, spec } = ours;
    expect(await patch(metadata.name, { metadata: { labels: metadata.labels }, spec })).toContain('(no change)');
    const other = encodeEvent({ schema: 'aftersync.event/v1', id: '0000000000000000' });
    const parameters = [
      { name: 'event', value: other },
      { name: 'lock', value: lockOf(other) },
    ];
    expect(await patch(metadata.name, { spec: { arguments: { parameters } } })).toContain('denied request');
  });

  test('the Sensor makes no ConfigMap but dead letters', async () => {
    const letter = (metadata: object, data = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    const labels = { 'app.kubernetes.io/part-of': 'aftersync', 'aftersync.dev/dead-letter': 'true' };
    const generateName = 'aftersync-dead-letter-';
    expect(await create('sensor', letter({ generateName, labels }, { event: '{}' }))).toContain('created');
    const refused = [
      letter({ name: 'argocd-cm-2', labels: { 'app.kubernetes.io/part-of': 'argocd' } }),
      letter({ generateName, labels: { ...labels, 'workflows.argoproj.io/configmap-type': 'Parameter' } }),
      letter({ generateName, labels }, { event: '{}', 'policy.csv': 'g, x, role:admin' }),
    ];
    for (const object of refused) expect(await create('sensor', object)).toContain("'aftersync-dead-letters'");
  });
});
