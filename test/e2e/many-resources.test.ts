import { afterAll, describe, expect, test } from 'vitest';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { ARGOCD, hasCluster, kubectl } from './cluster.ts';
import { evidenceOf } from './stand-ins.ts';
import { ended, messagesOf } from './workflows.ts';

const COUNT = 2000;

/** An image without a pod. */
const suspended = (name: string, image: string) => {
  const { spec } = deploymentOf(name, { main: image }).spec.template;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: {
      suspend: true,
      schedule: '0 0 1 1 *',
      jobTemplate: { spec: { template: { spec: { ...spec, restartPolicy: 'Never' } } } },
    },
  };
};

describe.skipIf(!hasCluster)('a large sync (needs KUBECONFIG)', () => {
  const name = newName('large');
  afterAll(() => remove(name));

  test(`of ${COUNT} resources with images passes the whole chain`, async () => {
    const images = [`${REGISTRY}/guestbook:1.0.0`, `${REGISTRY}/guestbook:1.1.0`];
    const manifests = Array.from({ length: COUNT }, (_, index) =>
      suspended(`${name}-${index}`, images[index % images.length] ?? ''),
    );
    const operation = await deploy(name, manifests, {}, 900);
    expect(operation.phase).toBe('Succeeded');
    const workflow = await ended(operation.workflow, 600);
    expect(messagesOf(workflow)).toEqual([]);
    expect((await evidenceOf(name)).map(({ artifactId }) => artifactId.slice(17, 20)).sort()).toEqual(['100', '110']);
    const resources = 'jsonpath={.spec.deployment.resources[*].name}';
    const recorded = await kubectl('-n', ARGOCD, 'get', 'deploymentrecord', operation.id, '-o', resources);
    expect(recorded.split(' ')).toHaveLength(COUNT);
  }, 1_800_000);
});
