import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ARGOCD, DEMO, get, hasCluster } from './cluster.ts';
import { expectRights, grantedTo } from './rights.ts';

/** What each identity must be able to do: `verb resource namespace`. All else that rights.ts names is refused. */
const MAY: Record<string, string[]> = {
  'event-source': [],
  'event-bus': [],
  sensor: [
    `create workflows.argoproj.io ${ARGOCD}`,
    `get workflows.argoproj.io ${ARGOCD}`,
    `patch workflows.argoproj.io ${ARGOCD}`,
    `create configmaps ${ARGOCD}`,
  ],
  executor: [`create workflowtaskresults.argoproj.io ${ARGOCD}`, `patch workflowtaskresults.argoproj.io ${ARGOCD}`],
  'fetch-app': [
    `get applications.argoproj.io ${ARGOCD}`,
    `list events.events.k8s.io ${ARGOCD}`,
    ...['deploymentrecords', 'deploymentrecordparts'].flatMap(type => [
      ...['get', 'list', 'create'].map(verb => `${verb} ${type}.aftersync.dev ${ARGOCD}`),
      `update ${type}.aftersync.dev/status ${ARGOCD}`,
    ]),
  ],
  'diff-images': [
    `get applications.argoproj.io ${ARGOCD}`,
    `list deploymentrecords.aftersync.dev ${ARGOCD}`,
    `get deploymentrecordparts.aftersync.dev ${ARGOCD}`,
    `list pods ${DEMO}`,
    `get deployments.apps ${DEMO}`,
  ],
  'jfrog-lookup': [],
  'submit-evidence': [
    ...['deploymentrecords', 'deploymentrecordparts'].flatMap(type => [
      `create ${type}.aftersync.dev ${ARGOCD}`,
      `update ${type}.aftersync.dev/status ${ARGOCD}`,
    ]),
  ],
  'submit-release': [
    ...['deploymentrecords', 'deploymentrecordparts'].flatMap(type => [
      `create ${type}.aftersync.dev ${ARGOCD}`,
      `update ${type}.aftersync.dev/status ${ARGOCD}`,
    ]),
    `list changewindows.changemgmt.example.com ${ARGOCD}`,
  ],
  conclude: [
    `get deploymentalerts.aftersync.dev ${ARGOCD}`,
    `create deploymentalerts.aftersync.dev ${ARGOCD}`,
    `update deploymentalerts.aftersync.dev/status ${ARGOCD}`,
    `get deploymentrecords.aftersync.dev ${ARGOCD}`,
  ],
  reconcile: [
    ...['get', 'list'].map(verb => `${verb} applications.argoproj.io ${ARGOCD}`),
    `list events.events.k8s.io ${ARGOCD}`,
    `list deploymentrecords.aftersync.dev ${ARGOCD}`,
    ...['list', 'create'].map(verb => `${verb} workflows.argoproj.io ${ARGOCD}`),
    `list configmaps ${ARGOCD}`,
    ...['get', 'list', 'create', 'delete'].map(verb => `${verb} deploymentalerts.aftersync.dev ${ARGOCD}`),
  ],
};

const ServiceAccounts = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

describe.skipIf(!hasCluster)('identities (needs KUBECONFIG)', () => {
  test.each(Object.keys(MAY))('%s may do what it must, and nothing that is tempting', async identity => {
    await expectRights(identity, MAY[identity] ?? []);
  });

  test('there is no other identity of ours, and none reads Secrets', async () => {
    const { items } = await get(ServiceAccounts, '-n', ARGOCD, 'sa', '-l', 'app.kubernetes.io/part-of=aftersync');
    const identities = items.map(({ metadata }) => metadata.name.replace('aftersync-', ''));
    expect(identities.sort()).toEqual(Object.keys(MAY).sort());
    for (const identity of identities)
      expect(await grantedTo(identity, [`get secrets ${ARGOCD}`, `list secrets ${ARGOCD}`])).toEqual([]);
  });
});
