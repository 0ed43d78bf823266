import { describe, expect, it } from 'vitest';
import type { DeploymentResource } from '../../../lib/contracts/deployment.ts';
import type { DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { previousImages } from '../../../steps/diff-images/previous-images.ts';
import type { WorkloadImages } from '../../../steps/diff-images/workload-images.ts';
import { deploymentOf } from '../../support/deployment.ts';

const api = { group: 'apps', kind: 'Deployment', namespace: 'pay', name: 'api' };
const web = { ...api, name: 'web' };

function record(
  images: [reference: string, workload: typeof api][],
  eventStatus: 'SUCCESS' | 'FAILED' = 'SUCCESS',
  resources: Pick<DeploymentResource, 'name' | 'status'>[] = [],
): DeploymentRecord {
  return {
    schemaVersion: 'aftersync.deployment-record/v1',
    id: '0123456789abcdef',
    deployment: {
      ...deploymentOf('0123456789abcdef'),
      eventStatus,
      resources: resources.map(part => ({ ...api, hookType: null, images: [], ...part })),
    },
    images: images.map(([reference, workload]) => ({
      reference,
      registry: 'docker.io',
      repository: 'pay/api',
      tag: reference.split(':')[1] ?? null,
      ...{ digest: null, digestFrom: null, change: 'added', previousReferences: [] },
      workloads: [{ ...workload, container: 'main', containerType: 'container', hookType: null }],
    })),
    deliveries: [],
    runs: 1,
  };
}
const observed = (name: string, image: string): WorkloadImages => ({
  ...{ ...api, name, hookType: null },
  images: [{ container: null, containerType: 'unknown', image }],
});
const texts = (previous: ReturnType<typeof previousImages>, workload = api) =>
  previous.of(workload)?.map(({ text }) => text) ?? null;

describe('previousImages', () => {
  it('asks the newest record that knows the workload', () => {
    const previous = previousImages(
      [record([['pay/api:3', web]]), record([['pay/api:2', api]]), record([['pay/api:1', api]])],
      null,
    );
    expect(previous.from).toBe('ledger');
    expect(texts(previous)).toEqual(['pay/api:2']);
    expect(texts(previous, web)).toEqual(['pay/api:3']);
  });

  it('believes a failed operation only what it applied', () => {
    const failed = record(
      [
        ['pay/api:3', api],
        ['pay/api:9', web],
      ],
      'FAILED',
      [
        { name: 'api', status: 'Synced' },
        { name: 'web', status: 'SyncFailed' },
      ],
    );
    const previous = previousImages(
      [
        failed,
        record([
          ['pay/api:2', api],
          ['pay/api:8', web],
        ]),
      ],
      null,
    );
    expect(texts(previous)).toEqual(['pay/api:3']);
    expect(texts(previous, web)).toEqual(['pay/api:8']);
  });

  it('knows that a pruned workload runs nothing', () => {
    const previous = previousImages(
      [record([], 'SUCCESS', [{ name: 'api', status: 'Pruned' }]), record([['pay/api:1', api]])],
      null,
    );
    expect(texts(previous)).toEqual([]);
  });

  it.each([
    ['the strategy, without records', [], [observed('api', 'pay/api:1')], 'strategy', ['pay/api:1']],
    [
      'the strategy, where no record knows the workload',
      [record([['pay/api:8', web]])],
      [observed('api', 'pay/api:1')],
      'ledger',
      ['pay/api:1'],
    ],
    [
      'the ledger before the strategy',
      [record([['pay/api:2', api]])],
      [observed('api', 'pay/api:1')],
      'ledger',
      ['pay/api:2'],
    ],
    ['nobody', [], null, 'unknown', null],
    ['nobody, where the record says nothing', [record([])], null, 'unknown', null],
    ['the strategy, which saw nothing', [], [], 'strategy', null],
  ])('asks %s', (_, records, workloads, from, expected) => {
    const previous = previousImages(records, workloads);
    expect(previous.from).toBe(from);
    expect(texts(previous)).toEqual(expected);
  });
});
