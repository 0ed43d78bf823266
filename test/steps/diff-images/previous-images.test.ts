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
  it('takes a digest that nobody knew from an older record of the same tag', () => {
    const told = (digest: string, reference = 'pay/api:2') => {
      const one = record([[reference, api]]);
      return { ...one, images: one.images.map(image => ({ ...image, digest })) };
    };
    const [unknown, other] = [record([['pay/api:2', api]]), record([['pay/api:1', api]])];
    const digestsIn = (...records: DeploymentRecord[]) =>
      previousImages(records, null)
        .of(api)
        ?.map(({ digest }) => digest);
    expect(digestsIn(unknown, told('sha256:1'))).toEqual(['sha256:1']);
    expect(digestsIn(unknown, unknown, told('sha256:1'), told('sha256:2'))).toEqual(['sha256:1']);
    expect(digestsIn(told('sha256:3'), told('sha256:1'))).toEqual(['sha256:3']);
    expect(digestsIn(unknown, told('sha256:1', 'pay/api:1'))).toEqual([null]);
    expect(digestsIn(other, told('sha256:1'))).toEqual([null]);
  });

  it('takes for what ran before what the cluster ran in the place of what was synced', () => {
    const one = record([['pay/api:2', api]]);
    const contradicted = {
      ...one,
      images: one.images.map(image => ({
        ...image,
        workloads: image.workloads.map(workload => ({ ...workload, runsInstead: ['pay/api:1.9', '{{ none }}'] })),
      })),
    };
    expect(texts(previousImages([contradicted], null))).toEqual(['pay/api:1.9']);
  });

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
