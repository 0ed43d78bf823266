import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDeploymentRecordParts } from '../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../lib/clients/deployment-records.ts';
import { createKubernetesLedger } from '../../lib/ledger/kubernetes.ts';
import { deploymentOf, evidenceOf } from '../support/deployment.ts';
import { describeLedger } from '../support/ledger-behaviour.ts';
import { hasCluster, kubectl, kubectlWith } from './cluster.ts';

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

  describe('the API server refuses', () => {
    const at = '2026-11-20T10:01:00Z';
    const opened = async (...subjects: string[]) => {
      const id = newId();
      const deliveries = subjects.map(evidenceOf);
      await open().apply(id, [
        { type: 'open', at, run: 'run', deployment: deploymentOf(id) },
        { type: 'plan', at, step: 'submit-evidence', images: [], deliveries },
      ]);
      return id;
    };
    const patch = (type: string, name: string, change: unknown, ...flags: string[]) =>
      kubectl('-n', namespace, 'patch', type, name, '--type=json', '-p', JSON.stringify(change), ...flags);
    const status = (path: string, value: unknown) => [{ op: 'replace', path: `/status/${path}`, value }];
    const RECEIPT = { of: 'delivery', step: null, subject: null, state: null, sha256: 'a'.repeat(64), previous: null };

    test.each([
      [
        'what was deployed changed',
        '/spec/deployment/targetEnvironment',
        'production',
        'what was deployed cannot be changed',
      ],
      ['a word where a number is due', '/spec/deployment/operation/partial', 'no', 'must be of type boolean'],
    ])('%s', async (_, path, value, message) => {
      const id = await opened();
      await expect(patch('dr', id, [{ op: 'replace', path, value }])).rejects.toThrow(message);
    });

    test.each([
      ['receipts taken away', status('receipts', []), 'receipts only grow'],
      ['all receipts taken away', [{ op: 'remove', path: '/status/receipts' }], 'receipts only grow'],
      ['the status taken away', [{ op: 'remove', path: '/status' }], 'status cannot be taken away'],
      ['the last receipt changed', status('receipts/1/sha256', 'b'.repeat(64)), 'a receipt cannot be changed'],
      ['a hash that is none', status('head', 'none'), 'should match'],
      [
        'another record before it',
        status('previous', { id: '0123456789abcdef', head: null }),
        'previous cannot be changed',
      ],
      ['fewer runs', status('runs', 0), 'runs never become fewer'],
      ['other parts', status('parts', 7), 'parts cannot be changed'],
      ['a state that there is not', status('deliveries/0/state', 'lost'), 'Unsupported value'],
    ])('%s', async (_, change, message) => {
      const id = await opened('a');
      await expect(patch('dr', id, change, '--subresource=status')).rejects.toThrow(message);
    });

    test('a record under another name', async () => {
      const id = newId();
      const object = {
        apiVersion: 'aftersync.dev/v1alpha1',
        kind: 'DeploymentRecord',
        metadata: { name: newId(), namespace },
        spec: { deployment: deploymentOf(id) },
      };
      await expect(kubectlWith(object, 'create', '-f', '-')).rejects.toThrow('a record is named by its operation id');
      const unknown = { ...object, metadata: { name: id, namespace }, spec: { ...object.spec, extra: true } };
      await expect(kubectlWith(unknown, 'create', '-f', '-')).rejects.toThrow('unknown field "spec.extra"');
    });

    test('of a part: another record, and receipts taken away', async () => {
      const id = await opened(...Array.from({ length: 201 }, (_, index) => `registry.example.com/image-${index}:1`));
      const name = `${id}-0`;
      await expect(patch('drp', name, [{ op: 'replace', path: '/spec/index', value: 1 }])).rejects.toThrow(
        'a part belongs to one record',
      );
      await expect(patch('drp', name, status('receipts', []), '--subresource=status')).rejects.toThrow(
        'receipts only grow',
      );
      const added = [{ op: 'add', path: '/status/receipts/-', value: { sequence: 9, at, ...RECEIPT } }];
      await expect(patch('drp', name, added, '--subresource=status')).resolves.toContain('patched');
      await kubectl('-n', namespace, 'delete', 'dr', id);
      await expect
        .poll(() => kubectl('-n', namespace, 'get', 'drp', '--ignore-not-found', '-o', 'name'), { timeout: 60_000 })
        .not.toContain(id);
    });
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
      'STATE',
      'CHANGE',
      'AGE',
    ]);
    expect(listed).toMatch(/guestbook +staging +Succeeded +2 +0 +owed/);
  });
});
