import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createDeploymentRecordParts } from '../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../lib/clients/deployment-records.ts';
import { createKubernetesLedger } from '../../lib/ledger/kubernetes.ts';
import { parseExport } from '../../records/export.ts';
import { ID, LIFE, MANY, planOf } from '../support/chained-record.ts';
import { deploymentOf } from '../support/deployment.ts';
import { workspace } from '../support/run-step.ts';
import { hasCluster, kubectl, kubectlWith } from './cluster.ts';

const namespace = `aftersync-e2e-backup-${randomBytes(3).toString('hex')}`;
/** kubectl prints it without quotes, and other readers of YAML take it for a number. */
const LARGE = '12345678e1234567';
const BOTH = 'deploymentrecords,deploymentrecordparts';

const aftersync = (...argv: string[]) =>
  execa(process.execPath, ['--import', 'tsx', 'bin/aftersync.ts', ...argv], {
    all: true,
    reject: false,
    env: { AFTERSYNC_NAMESPACE: namespace },
  });

interface Kept {
  kind: string;
  metadata: { name: string };
  spec: unknown;
  status?: unknown;
}
/** What the records say, without what the API server adds. */
const contentOf = (text: string) =>
  (parseExport(text, 'export') as Kept[]).map(({ kind, metadata, spec, status }) => [
    kind,
    metadata.name,
    spec,
    status,
  ]);

describe.skipIf(!hasCluster)('backup and restore of the records of a real cluster (needs KUBECONFIG)', () => {
  let exported = '';
  let file = '';

  beforeAll(async () => {
    await kubectl('apply', '-k', 'deploy/crds');
    await kubectl('create', 'namespace', namespace);
    const ledger = createKubernetesLedger(createDeploymentRecords(namespace), createDeploymentRecordParts(namespace));
    await ledger.apply(
      ID,
      LIFE.map(change => (change.type === 'open' ? { ...change, previous: null } : change)),
    );
    const at = '2026-11-20T11:01:00.000Z';
    const deployment = deploymentOf(LARGE, '2026-11-20T11:00:00Z');
    await ledger.apply(LARGE, [{ type: 'open', at, run: 'run-9', deployment }, planOf(...MANY)]);
    await ledger.apply(LARGE, [{ type: 'seal', at }]);
    exported = await kubectl('-n', namespace, 'get', BOTH, '-o', 'yaml');
    file = (await workspace({ 'records.yaml': exported })).path('records.yaml');
  });
  afterAll(() => kubectl('delete', 'namespace', namespace, '--wait=false'));

  test('an export holds, as a file and where it came from', async () => {
    for (const place of [`--file=${file}`, '--ledger=kubernetes'])
      expect(await aftersync('verify', '--all', place)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^2 records: 2 hold, 0 do not/m),
      });
  });

  test('a byte changed in the export is named', async () => {
    const { path } = await workspace({ 'changed.yaml': exported.replace('automated-sync', 'automated-sink') });
    const { exitCode, stderr } = await aftersync('verify', '--all', '--file', path('changed.yaml'));
    expect(stderr).toMatch(/^verify: Does not hold: [0-9a-e]{16}, receipt 1, spec.deployment/);
    expect(exitCode).toBe(1);
  });

  test('kubectl alone gives back records without status, so there is restore', async () => {
    await kubectl('-n', namespace, 'delete', 'deploymentrecords', '--all', '--cascade=foreground');
    await kubectlWith(withoutParts(exported), '-n', namespace, 'create', '-f', '-');
    const created = await kubectl('-n', namespace, 'get', 'deploymentrecords', ID, '-o', 'yaml');
    expect((parse(created) as Kept).status).toBeUndefined();
    await kubectl('-n', namespace, 'delete', 'deploymentrecords', '--all', '--cascade=foreground');
    expect(await kubectl('-n', namespace, 'get', BOTH, '-o', 'name')).toBe('');
  });

  test('deleted and restored, everything is as it was, and stays', async () => {
    expect(await aftersync('restore', '--file', file)).toMatchObject({
      exitCode: 0,
      stdout: '2 restored, 0 there already, 0 differ',
    });
    // Time for the cluster to collect parts whose owner it does not find.
    await sleep(10_000);
    const again = await kubectl('-n', namespace, 'get', BOTH, '-o', 'yaml');
    expect(contentOf(again)).toEqual(contentOf(exported));
    expect(await aftersync('verify', '--all', '--ledger=kubernetes')).toMatchObject({ exitCode: 0 });
    expect(await aftersync('restore', '--file', file)).toMatchObject({
      exitCode: 0,
      stdout: '0 restored, 2 there already, 0 differ',
    });
  });
});

/** As somebody would who does not know about the parts: kubectl refuses what has no owner. */
const withoutParts = (text: string) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: (parseExport(text, 'export') as Kept[])
    .filter(({ kind }) => kind === 'DeploymentRecord')
    .map(({ metadata: { name }, ...object }) => ({ ...object, metadata: { name } })),
});
