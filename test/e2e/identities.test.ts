import { describe, expect, test } from 'vitest';
import { ARGOCD, DEMO, hasCluster, kubectlWith } from './cluster.ts';

/** What each identity must be able to do: `verb resource namespace`. All else that the second list names is refused. */
const MAY: Record<string, string[]> = {
  sensor: [
    `create workflows.argoproj.io ${ARGOCD}`,
    `get workflows.argoproj.io ${ARGOCD}`,
    `patch workflows.argoproj.io ${ARGOCD}`,
    `create configmaps ${ARGOCD}`,
  ],
  executor: [`create workflowtaskresults.argoproj.io ${ARGOCD}`, `patch workflowtaskresults.argoproj.io ${ARGOCD}`],
  'fetch-app': [`get applications.argoproj.io ${ARGOCD}`],
  'diff-images': [
    `get applications.argoproj.io ${ARGOCD}`,
    `list deploymentrecords.aftersync.dev ${ARGOCD}`,
    `list pods ${DEMO}`,
    `get deployments.apps ${DEMO}`,
  ],
  'jfrog-lookup': [],
  'submit-evidence': [
    `create deploymentrecords.aftersync.dev ${ARGOCD}`,
    `update deploymentrecords.aftersync.dev/status ${ARGOCD}`,
  ],
  'submit-release': [
    `create deploymentrecords.aftersync.dev ${ARGOCD}`,
    `update deploymentrecords.aftersync.dev/status ${ARGOCD}`,
    `list changewindows.changemgmt.example.com ${ARGOCD}`,
  ],
  conclude: [
    `get deploymentalerts.aftersync.dev ${ARGOCD}`,
    `create deploymentalerts.aftersync.dev ${ARGOCD}`,
    `update deploymentalerts.aftersync.dev/status ${ARGOCD}`,
    `get deploymentrecords.aftersync.dev ${ARGOCD}`,
  ],
};

const TEMPTING = [ARGOCD, DEMO, 'kube-system'].flatMap(namespace => [
  `get secrets ${namespace}`,
  `list secrets ${namespace}`,
  `create pods ${namespace}`,
  `create pods/exec ${namespace}`,
  `delete pods ${namespace}`,
  `list pods ${namespace}`,
  `get configmaps ${namespace}`,
  `update configmaps ${namespace}`,
  `create configmaps ${namespace}`,
  `get applications.argoproj.io ${namespace}`,
  `list applications.argoproj.io ${namespace}`,
  `update applications.argoproj.io ${namespace}`,
  `patch applications.argoproj.io ${namespace}`,
  `create workflows.argoproj.io ${namespace}`,
  `delete workflows.argoproj.io ${namespace}`,
  `delete deploymentrecords.aftersync.dev ${namespace}`,
  `update deploymentrecords.aftersync.dev ${namespace}`,
  `update deploymentrecords.aftersync.dev/status ${namespace}`,
  `create deploymentrecords.aftersync.dev ${namespace}`,
  `create rolebindings.rbac.authorization.k8s.io ${namespace}`,
  `impersonate serviceaccounts ${namespace}`,
]);

/** Which of the rights the API server grants an identity. */
async function grantedTo(identity: string, rights: readonly string[]): Promise<string[]> {
  const items = rights.map(right => {
    const [verb, type = '', namespace] = right.split(' ');
    const [name = '', subresource] = type.split('/');
    const [resource, ...group] = name.split('.');
    return {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${ARGOCD}:aftersync-${identity}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${ARGOCD}`, 'system:authenticated'],
        resourceAttributes: { namespace, verb, group: group.join('.'), resource, subresource },
      },
    };
  });
  const list = { apiVersion: 'v1', kind: 'List', items };
  const answers = await kubectlWith(list, 'create', '-o', 'jsonpath={.status.allowed}{" "}', '-f', '-');
  const allowed = answers.trim().split(' ');
  expect(allowed).toHaveLength(rights.length);
  return rights.filter((_, index) => allowed[index] === 'true');
}

describe.skipIf(!hasCluster)('identities (needs KUBECONFIG)', () => {
  test.each(Object.keys(MAY))('%s may do what it must, and nothing that is tempting', async identity => {
    const must = MAY[identity] ?? [];
    const granted = await grantedTo(identity, [...new Set([...must, ...TEMPTING])]);
    expect(granted.sort()).toEqual([...must].sort());
  });
});
