import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { deploy, deploymentOf, newName, REGISTRY, redeploy, remove } from './applications.ts';
import { DEMO, get, hasCluster } from './cluster.ts';
import { evidenceOf } from './stand-ins.ts';
import { ended, messagesOf } from './workflows.ts';

const Deployment = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), reason: z.string(), lastUpdateTime: z.string() })),
  }),
});

describe.skipIf(!hasCluster)('a slow rolling update (needs KUBECONFIG)', () => {
  const name = newName('slow');
  afterAll(() => remove(name));

  test('is waited for before the pods are looked at', async () => {
    const slowly = (image: string) => {
      const deployment = deploymentOf(name, { web: `${REGISTRY}/${image}` });
      return { ...deployment, spec: { ...deployment.spec, minReadySeconds: 12 } };
    };
    const first = await deploy(name, [slowly('guestbook:1.0.0')]);
    await ended(first.workflow);
    const second = await redeploy(first, [slowly('guestbook:1.1.0')]);
    const workflow = await ended(second.workflow);
    expect(messagesOf(workflow)).toEqual([]);

    const { status } = await get(Deployment, '-n', DEMO, 'deployment', name);
    const rollout = status.conditions.find(({ type }) => type === 'Progressing');
    expect(rollout?.reason).toBe('NewReplicaSetAvailable');
    const diffImages = Object.values(workflow.status.nodes).find(({ displayName }) => displayName === 'diff-images(0)');
    const rolledOut = Date.parse(rollout?.lastUpdateTime ?? '');
    expect(rolledOut).toBeGreaterThan(Date.parse(second.finishedAt) + 10_000);
    expect(Date.parse(diffImages?.finishedAt ?? '')).toBeGreaterThanOrEqual(rolledOut);
    expect((await evidenceOf(name)).map(({ artifactId }) => artifactId.slice(17, 20))).toEqual(['100', '110']);
  });
});
