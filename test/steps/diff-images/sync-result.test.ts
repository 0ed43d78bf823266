import { describe, expect, it } from 'vitest';
import type { DeploymentResource } from '../../../lib/contracts/deployment.ts';
import { completeSyncResult, contradict, nameContainers } from '../../../steps/diff-images/live-containers.ts';
import { observeSyncResult } from '../../../steps/diff-images/sync-result.ts';
import type { ContainerImage, WorkloadImages } from '../../../steps/diff-images/workload-images.ts';
import { deploymentOf } from '../../support/deployment.ts';

const resource = (part: Partial<DeploymentResource>): DeploymentResource => ({
  ...{ group: 'apps', kind: 'Deployment', namespace: 'pay', name: 'api', status: 'Synced', hookType: null },
  images: ['pay/api:2'],
  ...part,
});
const observe = (eventStatus: 'SUCCESS' | 'FAILED', ...resources: DeploymentResource[]) =>
  observeSyncResult({ ...deploymentOf('0123456789abcdef'), eventStatus, resources });

describe('observeSyncResult', () => {
  it('leaves out a SyncFail hook of an attempt that failed before the one that succeeded', () => {
    const hook = resource({ kind: 'Job', group: 'batch', hookType: 'SyncFail' });
    expect(observe('SUCCESS', hook).current).toEqual([]);
    expect(observe('FAILED', hook).current).toHaveLength(1);
  });

  it('says where a container names no image, and takes none for it', () => {
    const { current, notLookedAt } = observe('SUCCESS', resource({ images: ['', 'pay/side:1'] }));
    expect(current[0]?.images.map(({ image }) => image)).toEqual(['pay/side:1']);
    expect(notLookedAt).toMatchObject([{ what: 'field', where: 'Deployment pay/api' }]);
  });

  it.each([
    ['monitoring.coreos.com', 'Prometheus', [], 'field'],
    ['monitoring.coreos.com', 'Prometheus', ['side:1'], 'field'],
    ['example.com', 'Thing', [], 'field'],
    ['sparkoperator.k8s.io', 'SparkApplication', [], 'field'],
    ['helm.toolkit.fluxcd.io', 'HelmRelease', [], 'operator'],
    ['serving.knative.dev', 'Service', ['pay/api:2'], null],
    ['monitoring.coreos.com', 'ServiceMonitor', [], null],
    ['cert-manager.io', 'Certificate', [], null],
    ['argoproj.io', 'Application', [], null],
    ['networking.k8s.io', 'Ingress', [], null],
    ['', 'ConfigMap', [], null],
  ])('of %s %s, of which Argo CD lists %j, says %s', (group, kind, images, what) => {
    const { notLookedAt } = observe('SUCCESS', resource({ group, kind, images }));
    expect(notLookedAt.map(entry => entry.what)).toEqual(what === null ? [] : [what]);
    const configured = [{ group, kind, imagePaths: [] }];
    const deployment = { ...deploymentOf('0123456789abcdef'), resources: [resource({ group, kind, images })] };
    if (what === 'field') expect(observeSyncResult(deployment, configured).notLookedAt).toEqual([]);
  });

  it.each([
    ['SUCCESS', 'Synced', true],
    ['SUCCESS', 'Unknown', true],
    ['SUCCESS', 'Pruned', false],
    ['SUCCESS', 'PruneSkipped', false],
    ['FAILED', 'Synced', true],
    ['FAILED', 'SyncFailed', true],
    ['FAILED', 'Pruned', false],
    ['FAILED', 'Unknown', false],
  ] as const)('%s, %s: seen %s', (eventStatus, status, isSeen) => {
    expect(observe(eventStatus, resource({ status })).current).toHaveLength(isSeen ? 1 : 0);
  });

  it('says so where a failed operation does not tell whether it applied something', () => {
    expect(observe('FAILED', resource({ status: 'Unknown', kind: 'Job', name: 'migrate' })).notLookedAt).toEqual([
      expect.objectContaining({ what: 'resource', where: 'Job pay/migrate' }),
    ]);
  });

  it('keeps a workload without images, and leaves out what runs none', () => {
    const listed = [resource({ images: [] }), resource({ kind: 'Service', group: '', images: [] })];
    expect(observe('SUCCESS', ...listed).current).toMatchObject([{ kind: 'Deployment', images: [] }]);
  });

  it('knows regular containers only, hooks and custom resources included', () => {
    const hook = resource({ kind: 'Database', group: 'example.com', hookType: 'PreSync' });
    expect(observe('SUCCESS', hook).current).toMatchObject([
      {
        kind: 'Database',
        hookType: 'PreSync',
        images: [{ container: null, containerType: 'container', image: 'pay/api:2' }],
      },
    ]);
  });
});

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;
const seen = (...images: string[]): WorkloadImages => ({
  ...{ group: 'apps', kind: 'Deployment', namespace: 'pay', name: 'api', hookType: null },
  images: images.map(image => ({ container: null, containerType: 'container', image })),
});
const main: ContainerImage = { container: 'main', containerType: 'container', image: 'pay/api:2' };
const side: ContainerImage = { container: 'side', containerType: 'container', image: 'envoy:1' };
const init: ContainerImage = { container: 'init', containerType: 'initContainer', image: 'pay/init:2' };

describe('completeSyncResult', () => {
  it('takes names and init containers from the live workload', () => {
    const { workload, notLookedAt } = completeSyncResult(seen('envoy:1', 'pay/api:2'), { images: [main, side, init] });
    expect(workload.images).toEqual([main, side, init]);
    expect(notLookedAt).toEqual([]);
  });

  it('takes images that are mounted from the live workload, which Argo CD does not list', () => {
    const volume: ContainerImage = { container: 'rules', containerType: 'imageVolume', image: 'pay/rules:1' };
    const { workload } = completeSyncResult(seen('pay/api:2'), { images: [main, volume] });
    expect(workload.images).toEqual([main, volume]);
  });

  it('takes every image where Argo CD lists none', () => {
    expect(completeSyncResult(seen(), { images: [main, init] }).workload.images).toEqual([main, init]);
  });

  it.each([
    ['added a digest', `pay/api:2@${A}`],
    ['put a digest in the place of the tag', `pay/api@${A}`],
    ['wrote the whole name', 'docker.io/pay/api:2'],
    ['wrote the old name of Docker Hub', 'index.docker.io/pay/api:2'],
  ])('believes a workload to which admission %s', (_, image) => {
    const pinned = { ...main, image };
    const pinnedInit = { ...init, image: `pay/init:2@${A}` };
    const { workload, notLookedAt } = completeSyncResult(seen('pay/api:2'), { images: [pinned, pinnedInit] });
    expect([workload.images, notLookedAt]).toEqual([[pinned, pinnedInit], []]);
  });

  it('leaves out what the workload runs beside what was synced', () => {
    const debug: ContainerImage = { container: 'debug', containerType: 'ephemeralContainer', image: 'busybox' };
    const injected = { ...side, container: 'injected', image: 'mesh/proxy:1' };
    const model: ContainerImage = { container: 'model', containerType: 'imageVolume', image: 'pay/model:2' };
    const images = [main, injected, init, model, debug];
    const { workload, notLookedAt } = completeSyncResult(seen('pay/api:2'), { images });
    expect([workload.images, notLookedAt]).toEqual([[main, init, model], []]);
    expect(completeSyncResult(seen(), { images: [main, debug] }).workload.images).toEqual([main]);
  });

  it.each([
    ['runs another image', [{ ...main, image: 'pay/api:3' }, side, init]],
    ['runs the image of another registry', [{ ...main, image: 'mirror.example.com/pay/api:2' }, side, init]],
    ['runs one of two', [side, init]],
  ])('believes no init container of a workload that %s', (_, images) => {
    const { workload, notLookedAt } = completeSyncResult(seen('pay/api:2', 'envoy:1'), { images });
    expect(workload.images.map(({ image }) => image)).toEqual(['pay/api:2', 'envoy:1']);
    expect(workload.images[1]).toEqual(side);
    expect(notLookedAt).toMatchObject([{ what: 'init-containers', where: 'Deployment pay/api' }]);
  });

  it('says where it could not look, and for an unlisted workload that its images are missing', () => {
    const live = { where: 'Deployment in pay', why: 'forbidden' };
    expect(completeSyncResult(seen('pay/api:2'), live).notLookedAt).toEqual([{ what: 'init-containers', ...live }]);
    expect(completeSyncResult(seen(), live).notLookedAt).toMatchObject([
      { what: 'resource', where: 'Deployment pay/api' },
    ]);
  });
});

describe('contradict', () => {
  const two = seen('pay/api:2', 'pay/api:2', 'envoy:1');
  const instead = (workload: WorkloadImages, images: ContainerImage[]) =>
    contradict(workload, images).images.map(({ image, runsInstead }) => [image, runsInstead]);

  it('says what runs in the place of each image that does not, no container twice', () => {
    const other = { ...main, container: 'other', image: 'pay/api:1.9' };
    expect(instead(two, [main, side, other])).toEqual([
      ['pay/api:2', undefined],
      ['pay/api:2', ['pay/api:1.9']],
      ['envoy:1', undefined],
    ]);
  });

  it('takes every container that runs nothing of the sync where none is of the repository, and none where none is left', () => {
    const images = [main, { ...main, container: 'two' }, { ...side, image: 'mesh/proxy:1' }, init];
    expect(instead(two, images)[2]).toEqual(['envoy:1', ['mesh/proxy:1']]);
    expect(instead(two, [main, side])[1]).toEqual(['pay/api:2', []]);
  });

  it.each([
    ['a digest that was taken away', `pay/api:2@${A}`, 'pay/api:2'],
    ['another digest', `pay/api:2@${A}`, `pay/api:2@${B}`],
    ['another tag with a digest', 'pay/api:2', `pay/api:3@${A}`],
  ])('is contradicted by %s', (_, image, running) => {
    expect(instead(seen(image), [{ ...main, image: running }])).toEqual([[image, [running]]]);
  });

  it('is not contradicted by another tag of the same digest', () => {
    expect(instead(seen(`pay/api:2@${A}`), [{ ...main, image: `pay/api:3@${A}` }])).toEqual([
      [`pay/api:2@${A}`, undefined],
    ]);
  });
});

describe('nameContainers', () => {
  const unknown: ContainerImage = { container: null, containerType: 'unknown', image: 'pay/api:2' };
  it.each([
    ['the only one that runs the image', [main, side], main],
    ['none, where two run it', [main, { ...main, container: 'twin' }], unknown],
    ['none, where no container runs it', [side], unknown],
  ])('names %s', (_, images, expected) => {
    expect(nameContainers({ ...seen(), images: [unknown] }, { images }).images).toEqual([expected]);
  });
});
