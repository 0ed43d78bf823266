import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { ARGOCD, hasCluster, kubectl, kubectlWith, until } from './cluster.ts';
import { ended } from './workflows.ts';

const OURS = ['-l', 'app.kubernetes.io/part-of=aftersync', '-o', 'name', '--ignore-not-found'];
const KINDS =
  'workflows.argoproj.io,sensors.argoproj.io,eventsources.argoproj.io,eventbus.argoproj.io,statefulsets,deployments,services,secrets,serviceaccounts,roles,rolebindings,configmaps,pods';

describe.skipIf(!hasCluster)('uninstalling (needs KUBECONFIG)', () => {
  test('leaves the records, and nothing else of ours', async () => {
    const name = newName('leaves');
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    expect((await ended(operation.workflow)).status.phase).toBe('Succeeded');
    await remove(name);
    await until('the Application is gone', async () =>
      (await kubectl('-n', ARGOCD, 'get', 'application', name, '-o', 'name', '--ignore-not-found')) === ''
        ? true
        : null,
    );

    const wired = await kubectl('-n', ARGOCD, 'get', 'configmap', 'argocd-notifications-cm', '-o', 'yaml');
    const merge = ['tsx', 'event-sources/argocd/merge.ts', '--remove'];
    const { stdout: unwired } = await execa('npx', merge, { input: wired });
    await kubectlWith(unwired, 'replace', '-f', '-');
    const removal = JSON.stringify([{ op: 'remove', path: '/data/aftersync-token' }]);
    await kubectl('-n', ARGOCD, 'patch', 'secret', 'argocd-notifications-secret', '--type=json', '-p', removal);
    // The namespace takes what is in it along, before it is its turn.
    await kubectl('delete', '-k', 'deploy/demo', '--timeout=180s', '--ignore-not-found');
    await kubectl('-n', ARGOCD, 'delete', 'workflows', '-l', 'app.kubernetes.io/part-of=aftersync');

    const record = await kubectl('-n', ARGOCD, 'get', 'deploymentrecord', operation.id, '--no-headers');
    expect(record).toMatch(new RegExp(`^${operation.id} +${name} +demo +Succeeded +1 +1 `));
    const left = await until('what is deleted is gone', async () => {
      const names = await kubectl('-n', ARGOCD, 'get', KINDS, ...OURS);
      const known = names.split('\n').filter(line => line !== '' && !line.includes('aftersync-dead-letter-'));
      return known.length === 0 ? known : Promise.reject(new Error(known.join(' ')));
    });
    expect(left).toEqual([]);
    expect(
      await kubectl(
        'get',
        'clusterworkflowtemplates,clusterroles',
        '-l',
        'app.kubernetes.io/part-of=aftersync',
        '-o',
        'name',
      ),
    ).toBe('');
    expect(await kubectl('-n', ARGOCD, 'get', 'configmap', 'argocd-notifications-cm', '-o', 'yaml')).not.toContain(
      'aftersync',
    );
  });
});
