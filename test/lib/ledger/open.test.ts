import { expect, test } from 'vitest';
import { openLedger } from '../../../lib/ledger/open.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const id = '0123456789abcdef';
const { use } = remotes();

test.each([
  [undefined, {}, /No ledger: --ledger; name a directory or `kubernetes`/],
  ['kubernetes', {}, /Namespace of the records is unknown: AFTERSYNC_NAMESPACE; set it/],
  ['kubernetes', { AFTERSYNC_NAMESPACE: '../argocd' }, /AFTERSYNC_NAMESPACE: document: not a Kubernetes namespace/],
])('ledger %s with %o is refused', (location, env, message) => {
  expect(() => openLedger(location, env)).toThrow(message);
  expect(() => openLedger(location, env)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('kubernetes keeps the records in the namespace that is named', async () => {
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
  const api = createDeploymentRecordsStandIn();
  use(api);
  const ledger = openLedger('kubernetes', { AFTERSYNC_NAMESPACE: 'evidence' });
  await ledger.apply(id, [{ type: 'open', at: '2026-11-20T10:01:00Z', run: 'run', deployment: deploymentOf(id) }]);
  const base = '/apis/aftersync.dev/v1alpha1/namespaces/evidence/deploymentrecords';
  expect(api.received.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    `GET ${base}`,
    `POST ${base}`,
    `PUT ${base}/${id}/status`,
  ]);
});
