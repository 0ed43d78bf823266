import { expect } from 'vitest';
import { ARGOCD, DEMO, kubectlWith } from './cluster.ts';

/** What every identity is asked about, as `verb resource namespace`: it is refused unless the identity needs it. */
const TEMPTING = [ARGOCD, DEMO, 'kube-system'].flatMap(namespace => [
  `get secrets ${namespace}`,
  `list secrets ${namespace}`,
  `watch secrets ${namespace}`,
  `create pods ${namespace}`,
  `create pods/exec ${namespace}`,
  `create pods/portforward ${namespace}`,
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

/** That an identity may do what it must, and nothing that is tempting. */
export async function expectRights(identity: string, must: readonly string[]): Promise<void> {
  const granted = await grantedTo(identity, [...new Set([...must, ...TEMPTING])]);
  expect(granted.sort()).toEqual([...must].sort());
}

/** Which of the rights the API server grants an identity. */
export async function grantedTo(identity: string, rights: readonly string[]): Promise<string[]> {
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
