import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDeploymentRecordParts } from '../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../lib/clients/deployment-records.ts';
import { createKubernetesLedger } from '../../lib/ledger/kubernetes.ts';
import { deploymentOf } from '../support/deployment.ts';
import { describeLedger } from '../support/ledger-behaviour.ts';
import { hasCluster, kubectl } from './cluster.ts';

const namespace = `aftersync-e2e-ledger-${randomBytes(3).toString('hex')}`;
const newId = () => randomBytes(8).toString('hex');

describe.skipIf(!hasCluster)('records in a real cluster (needs KUBECONFIG)', () => {
  beforeAll(async () => {
    await kubectl('apply', '-k', 'deploy/crds');
    await kubectl('create', 'namespace', namespace);
  });
  afterAll(() => kubectl('delete', 'namespace', namespace, '--wait=false'));

  const open = () => createKubernetesLedger(createDeploymentRecords(namespace), createDeploymentRecordParts(namespace));
  describeLedger(open, newId);

  test('what was deployed cannot be changed', async () => {
    const id = newId();
    await open().apply(id, [{ type: 'open', at: '2026-11-20T10:01:00Z', run: 'run', deployment: deploymentOf(id) }]);
    const patch = JSON.stringify({ spec: { deployment: { targetEnvironment: 'production' } } });
    await expect(kubectl('-n', namespace, 'patch', 'dr', id, '--type=merge', '-p', patch)).rejects.toThrow(
      'what was deployed cannot be changed',
    );
  });

  test('kubectl get shows what was owed and what was delivered', async () => {
    const listed = await kubectl('-n', namespace, 'get', 'deploymentrecords');
    expect(listed.split('\n')[0]?.split(/\s{2,}/)).toEqual([
      'NAME',
      'APP',
      'ENV',
      'PHASE',
      'ARTIFACTS',
      'SUBMITTED',
      'CHANGE',
      'AGE',
    ]);
    expect(listed).toMatch(/guestbook +staging +Succeeded +2 +0/);
  });
});
