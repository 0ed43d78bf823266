import { expect, it } from 'vitest';
import { Forbidden, toFailure } from '../../../lib/clients/kubernetes.ts';
import { roleBindingCommand } from '../../../lib/clients/role-binding.ts';

const role = { namespace: 'shop', clusterRole: 'aftersync-workload-reader' };
const account = 'system:serviceaccount:argocd:aftersync-diff-images';

it.each([
  [
    'a service account',
    account,
    role,
    'kubectl -n shop create rolebinding aftersync-diff-images --clusterrole=aftersync-workload-reader --serviceaccount=argocd:aftersync-diff-images',
  ],
  [
    'a second role of it',
    account,
    { ...role, clusterRole: 'aftersync-window-reader', suffix: '-windows' },
    'kubectl -n shop create rolebinding aftersync-diff-images-windows --clusterrole=aftersync-window-reader --serviceaccount=argocd:aftersync-diff-images',
  ],
  [
    'a person',
    'kim@example.com',
    role,
    'kubectl -n shop create rolebinding aftersync-workload-reader --clusterrole=aftersync-workload-reader --user=kim@example.com',
  ],
  [
    'nobody that was named',
    null,
    role,
    'kubectl -n shop create rolebinding aftersync-workload-reader --clusterrole=aftersync-workload-reader --serviceaccount=NAMESPACE:ACCOUNT',
  ],
])('names the binding of %s', (_, user, given, command) => {
  expect(roleBindingCommand({ user }, given)).toBe(command);
});

it.each(['a;rm -rf /', '$(id)', 'Shop', ''])('puts nothing into a command that is no name: %j', namespace => {
  expect(roleBindingCommand({ user: account }, { ...role, namespace })).toMatch(/^bind the ClusterRole/);
});

it.each([
  [`{"message":"pods is forbidden: User \\"${account}\\" cannot list resource \\"pods\\""}`, account],
  ['pods is forbidden: User "$(id)" cannot list', null],
  ['forbidden', null],
])('knows who was refused: %s', (message, user) => {
  const failure = toFailure(Object.assign(new Error(message), { code: 403 }), 'Pod in shop');
  expect(failure).toBeInstanceOf(Forbidden);
  expect(failure).toMatchObject({ exitCode: 2, fault: 'Kubernetes refused: Pod in shop (403)', user });
});
