import { beforeEach, expect, test } from 'vitest';
import { createDeploymentRecordParts } from '../../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../../lib/clients/deployment-records.ts';
import { createKubernetesLedger } from '../../../lib/ledger/kubernetes.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const id = '0123456789abcdef';
const { use } = remotes();
const records = createDeploymentRecords('argocd');
const ledger = createKubernetesLedger(records, createDeploymentRecordParts('argocd'));
const open = () =>
  ledger.apply(id, [{ type: 'open', at: '2026-11-20T10:01:00Z', run: 'run', deployment: deploymentOf(id) }]);

beforeEach(async () => {
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
});

const apiThat = (...mishaps: NonNullable<Behaviour['mishaps']>) => {
  const api = createDeploymentRecordsStandIn(new Map(), { mishaps });
  use(api);
  return api;
};

test.each([
  [403, '', 2, /Kubernetes refused: DeploymentRecord argocd\/0123456789abcdef \(403\)/],
  [503, '', 75, /Kubernetes does not answer/],
  [
    422,
    '{"kind":"Status","message":"spec.deployment: Required value"}',
    1,
    /Kubernetes refuses the object: .* spec.deployment: Required value; install the resource definition/,
  ],
  [413, '', 1, /Kubernetes refuses the object: .* 413/],
])('an API server that answers %i', async (status, body, exitCode, message) => {
  apiThat({ path: 'deploymentrecords', times: 1, status, body, contentType: 'application/json' });
  const create = records.create({ id, deployment: deploymentOf(id) });
  await expect(create).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
});

test('an API server that never answers is not waited for', async () => {
  use(createDeploymentRecordsStandIn(new Map(), { latencyMs: 60_000 }));
  await expect(createDeploymentRecords('argocd', 300).read(id)).rejects.toMatchObject({ exitCode: 75 });
});

test('a cluster without the resource type is told to get it', async () => {
  apiThat({ path: 'deploymentrecords', times: 2, status: 404 });
  await expect(open()).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/No such resource type or namespace: .*deploy\/crds/),
  });
});

test('a run that ended between creation and first status is continued', async () => {
  apiThat({ path: 'status$', times: 1, status: 503 });
  await expect(open()).rejects.toMatchObject({ exitCode: 75 });
  expect(await ledger.read(id)).toMatchObject({ deliveries: [], runs: 0 });
  expect(await open()).toMatchObject({ deployment: { id }, runs: 1 });
});

test('a record that this version cannot read is not overwritten', async () => {
  const api = apiThat();
  await open();
  const stored = api.state.get(id);
  api.state.set(id, {
    ...stored,
    metadata: { name: id, uid: 'uid', resourceVersion: '7' },
    spec: { deployment: { id } },
  });
  await expect(open()).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('spec.deployment') });
  expect(api.received.filter(({ method }) => method !== 'GET')).toHaveLength(2);
});
