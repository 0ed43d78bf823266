import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe } from 'vitest';
import { createDeploymentRecordParts } from '../../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../../lib/clients/deployment-records.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { createKubernetesLedger } from '../../../lib/ledger/kubernetes.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { describeLedger } from '../../support/ledger-behaviour.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const newId = () => randomBytes(8).toString('hex');

describe('records in a directory', () => {
  let directory = '';
  beforeAll(async () => {
    directory = (await workspace()).directory;
  });
  describeLedger(() => openDirectoryLedger(directory), newId);
});

describe('records in the cluster', () => {
  const { use } = remotes();
  beforeEach(async () => {
    process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path(
      'kubeconfig',
    );
    use(createDeploymentRecordsStandIn());
  });
  describeLedger(
    () => createKubernetesLedger(createDeploymentRecords('argocd'), createDeploymentRecordParts('argocd')),
    newId,
  );
});
