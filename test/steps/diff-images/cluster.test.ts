import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Deployment } from '../../../lib/contracts/deployment.ts';
import {
  createKubernetesStandIn,
  type KubernetesObject,
  type KubernetesState,
} from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { remotes } from '../../support/remotes.ts';
import { deployment, digest, pod, replicaSet } from './cluster.ts';
import { diffImages, resource, synced } from './run.ts';

const network = remotes();
afterEach(() => vi.unstubAllEnvs());

function cluster(state: KubernetesState, behaviour?: Behaviour) {
  const standIn = createKubernetesStandIn(state, behaviour);
  network.use(standIn);
  return standIn;
}
const OLD = digest('a');
const NEW = digest('b');

const oldPods = [pod('api-1', 'api-1-x', 'api', OLD), replicaSet('api-1', 'api', 1)];
const newPods = [pod('api-2', 'api-2-x', 'api', NEW), replicaSet('api-2', 'api', 2)];
const rolledOut = [deployment('api'), ...newPods];

/** As the Application is read while its operation is looked at. */
const application = (startedAt: string): KubernetesObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'guestbook', namespace: 'argocd' },
  status: { operationState: { startedAt } },
});
const at = (of: Deployment): Deployment => ({
  ...of,
  operation: { ...of.operation, startedAt: '2026-11-20T10:00:00Z' },
});

const image = { reference: 'r/pay/api:2', digest: null as string | null, digestFrom: null as string | null };

describe('digests of running pods', () => {
  it('waits for a slow rolling update and never takes the digest of an old pod', async () => {
    let reads = 0;
    const state = {
      get objects() {
        reads += 1;
        return reads > 4 ? rolledOut : [deployment('api', { updated: 1 }), ...oldPods, ...newPods];
      },
    };
    cluster(state);
    const { exitCode, diff } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect(exitCode).toBe(0);
    expect(diff?.images).toMatchObject([{ ...image, digest: NEW, digestFrom: 'pod' }]);
    expect(diff?.settle.outcome).toBe('settled');
    expect(diff?.notLookedAt).toEqual([]);
  });

  it('takes only pods of the current ReplicaSet while old ones end', async () => {
    cluster({ objects: [...oldPods, ...rolledOut] });
    const { diff } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect(diff?.images).toMatchObject([{ digest: NEW }]);
  });

  it('leaves the digest to the registry where the rollout does not end in time', async () => {
    cluster({ objects: [deployment('api', { updated: 1 }), ...oldPods, ...newPods] });
    const { exitCode, diff } = await diffImages({
      deployment: synced(resource()),
      evidence: { settleTimeoutSeconds: 0 },
      cluster: true,
    });
    expect(exitCode).toBe(0);
    expect(diff?.images).toMatchObject([image]);
    expect(diff?.settle).toEqual({ outcome: 'timed-out', detail: 'Deployment pay/api: 1 of 2 replicas are updated' });
    expect(diff?.notLookedAt).toEqual([
      { what: 'pods', where: 'Deployment pay/api', why: '1 of 2 replicas are updated' },
      { what: 'registry', where: 'docker.io', why: expect.stringContaining('jfrog-lookup') },
    ]);
  });

  it('reads init containers, and their digests, from the live workload', async () => {
    const init = [{ name: 'schema', image: 'r/pay/init:2' }];
    const main = [{ name: 'main', image: 'r/pay/api:2' }];
    cluster({
      objects: [deployment('api', { init }), pod('api-2', 'p', 'api', NEW, main, init), replicaSet('api-2', 'api', 2)],
    });
    const { diff } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect(
      diff?.images.map(({ reference, digest: found, workloads }) => [reference, found, workloads[0]?.containerType]),
    ).toEqual([
      ['r/pay/api:2', NEW, 'container'],
      ['r/pay/init:2', NEW, 'initContainer'],
    ]);
  });

  it('reads every image where Argo CD lists none', async () => {
    cluster({ objects: rolledOut });
    const { exitCode, diff } = await diffImages({ deployment: synced(resource({ images: [] })), cluster: true });
    expect(exitCode).toBe(0);
    expect(diff?.images).toMatchObject([{ reference: 'r/pay/api:2', digest: NEW }]);
  });

  it.each([
    ['no Application to ask', []],
    ['the Application is at this operation', [application('2026-11-20T10:00:00Z')]],
  ])('holds an image back that the live workload contradicts: %s', async (_, applications) => {
    const containers = [{ name: 'main', image: 'r/pay/api:1.7.3' }];
    cluster({ objects: [deployment('api', { containers }), ...newPods, ...applications] });
    const { exitCode, diff, output } = await diffImages({ deployment: at(synced(resource())), cluster: true });
    expect(exitCode).toBe(1);
    expect(diff?.images).toMatchObject([{ ...image, workloads: [{ name: 'api', runsInstead: ['r/pay/api:1.7.3'] }] }]);
    expect(diff?.settle.outcome).toBe('not-possible');
    expect(diff?.notLookedAt.map(({ what }) => what)).toEqual(['init-containers', 'pods', 'registry']);
    expect(output).toMatch(
      /held back: Deployment pay\/api synced r\/pay\/api:2, the cluster runs r\/pay\/api:1\.7\.3 \(ignoreDifferences\?\); let/,
    );
  });

  it.each([
    ['another operation has started meanwhile', {}, {}, [application('2026-11-20T10:05:00Z')], false],
    ['the operation failed, and need not have applied anything', { eventStatus: 'FAILED' as const }, {}, [], false],
    ['no evidence is ever owed for it', {}, { thirdParty: ['docker.io/r/**'] }, [], true],
  ])('is not held back by a workload that runs another image: %s', async (_, over, artifactory, applications, says) => {
    const containers = [{ name: 'main', image: 'r/pay/api:3' }];
    cluster({ objects: [deployment('api', { containers }), ...newPods, ...applications] });
    const { exitCode, diff } = await diffImages({
      deployment: { ...at(synced(resource())), ...over },
      artifactory,
      cluster: true,
    });
    expect(exitCode).toBe(0);
    expect(diff?.images).toMatchObject([image]);
    expect(diff?.images[0]?.workloads.map(({ runsInstead }) => runsInstead !== undefined)).toEqual([says]);
    expect(diff?.settle.outcome).toBe('not-possible');
  });

  it.each([
    ['manifests', ['--live', 'live.json']],
    ['argocd-diff', ['--diff', 'app.diff']],
  ])('is contradicted whatever the strategy: %s', async (strategy, flags) => {
    const containers = [{ name: 'main', image: 'r/pay/api:1' }];
    cluster({ objects: [deployment('api', { containers }), ...newPods] });
    const template = { spec: { containers: [{ name: 'main', image: 'r/pay/api:2' }] } };
    const rendered = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api' }, spec: { template } };
    const text =
      '===== apps/Deployment pay/api ======\n57c57\n<         image: r/pay/api:2\n---\n>         image: r/pay/api:0\n';
    const { exitCode, diff } = await diffImages({
      deployment: synced(),
      files: { 'live.json': rendered, 'app.diff': text },
      flags,
      cluster: true,
    });
    expect([exitCode, diff?.strategy.name]).toEqual([1, strategy]);
    expect(diff?.images).toMatchObject([{ workloads: [{ runsInstead: ['r/pay/api:1'] }] }]);
  });

  it('takes init containers and digests of a workload to which admission added digests', async () => {
    const pinned = [{ name: 'main', image: `r/pay/api:2@${NEW}` }];
    const init = [{ name: 'schema', image: `r/pay/init:2@${OLD}` }];
    cluster({ objects: [deployment('api', { containers: pinned, init }), ...newPods] });
    const { exitCode, diff } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect([exitCode, diff?.notLookedAt]).toEqual([0, []]);
    expect(diff?.images).toMatchObject([
      { digest: NEW, tag: '2', workloads: [{ container: 'main' }] },
      { digest: OLD, repository: 'r/pay/init', workloads: [{ containerType: 'initContainer' }] },
    ]);
  });

  it('leaves the digest to the registry where a pod names the image of another repository', async () => {
    const strange = pod('api-2', 'p', 'api', NEW);
    const containerStatuses = [{ name: 'main', imageID: `docker.io/someone/web-copy@${NEW}` }];
    cluster({
      objects: [deployment('api'), { ...strange, status: { containerStatuses } }, replicaSet('api-2', 'api', 2)],
    });
    const { exitCode, diff } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect([exitCode, diff?.settle.outcome]).toEqual([0, 'settled']);
    expect(diff?.images).toMatchObject([image]);
    expect(diff?.notLookedAt).toMatchObject([
      {
        what: 'pods',
        where: 'Deployment pay/api',
        why: `its pods name another image, whose digest is not taken: docker.io/someone/web-copy@${NEW}`,
      },
      { what: 'registry', where: 'docker.io' },
    ]);
  });

  it.each<[string, string[], string]>([
    ['no image', [], 'no image is known whose digest could be read'],
    ['digests alone', [`r/pay/api@${NEW}`], 'every image is written with its digest'],
    ['a text', ['{{ x }}'], 'every image reference is written with its digest; what is no reference has none'],
  ])('says of what it did not have to read only what is true: %s', async (_, images, detail) => {
    const { diff } = await diffImages({
      deployment: synced(resource({ group: 'example.com', kind: 'Thing', images })),
    });
    expect(diff?.settle).toEqual({ outcome: 'not-needed', detail });
  });

  it('does not read pods where every image is written with its digest', async () => {
    const pinned = `r/pay/api:2@${NEW}`;
    const standIn = cluster({ objects: [deployment('api', { containers: [{ name: 'main', image: pinned }] })] });
    const { diff } = await diffImages({ deployment: synced(resource({ images: [pinned] })), cluster: true });
    expect(diff?.images).toMatchObject([{ digest: NEW, digestFrom: 'reference' }]);
    expect(diff?.settle.outcome).toBe('not-needed');
    expect(standIn.received.filter(({ path }) => path.endsWith('/pods'))).toEqual([]);
  });

  it('says which pods tell nothing', async () => {
    cluster({ objects: [deployment('api'), replicaSet('api-2', 'api', 2)] });
    const { diff } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect(diff?.notLookedAt).toMatchObject([{ what: 'pods', why: 'it runs no pods' }, { what: 'registry' }]);
  });

  it('waits until Argo CD has compared the Application since the operation ended', async () => {
    const compared = (reconciledAt: string): KubernetesObject => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'guestbook', namespace: 'argocd' },
      status: { reconciledAt },
    });
    cluster({ objects: [...rolledOut, compared('2026-11-20T10:00:08Z')] });
    const before = synced(resource());
    const { diff } = await diffImages({
      deployment: {
        ...before,
        operation: { ...before.operation, finishedAt: '2026-11-20T10:00:05Z' },
        reconciledAt: '2026-11-20T09:59:00Z',
      },
      cluster: true,
    });
    expect(diff?.images).toMatchObject([{ digest: NEW }]);
  });
});

describe('other kinds', () => {
  const template = { spec: { containers: [{ name: 'main', image: 'r/pay/api:2' }] } };
  const selector = { matchLabels: { app: 'api' } };
  const owned = (name: string, uid: string, runs: string, labels: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'pay',
      labels: { app: 'api', ...labels },
      ownerReferences: [{ kind: 'x', name: uid, uid }],
    },
    spec: template.spec,
    status: { containerStatuses: [{ name: 'main', imageID: `r/pay/api@${runs}` }] },
  });
  const live = (apiVersion: string, kind: string, spec: object, status: object): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'api', namespace: 'pay', uid: 'u', generation: 1 },
    spec: { selector, template, replicas: 1, ...spec },
    status,
  });
  const hash = (value: string) => ({ 'controller-revision-hash': value });
  const revision = (name: string, number: number, value: string): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: 'pay',
      uid: name,
      labels: { app: 'api', ...hash(value) },
      ownerReferences: [{ kind: 'DaemonSet', name: 'api', uid: 'u' }],
    },
    revision: number,
  });
  const rollout = (value: string) => ({ 'rollouts-pod-template-hash': value });

  it.each<[string, string, KubernetesObject[], string | null]>([
    [
      'apps',
      'StatefulSet',
      [
        live(
          'apps/v1',
          'StatefulSet',
          {},
          { observedGeneration: 1, updateRevision: 'n', currentRevision: 'n', readyReplicas: 1 },
        ),
        owned('old', 'u', OLD, hash('o')),
        owned('new', 'u', NEW, hash('n')),
        owned('stranger', 'v', digest('c'), hash('n')),
      ],
      NEW,
    ],
    [
      'apps',
      'DaemonSet',
      [
        live(
          'apps/v1',
          'DaemonSet',
          {},
          { observedGeneration: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberReady: 1 },
        ),
        revision('r1', 1, 'o'),
        revision('r2', 2, 'n'),
        owned('old', 'u', OLD, hash('o')),
        owned('new', 'u', NEW, hash('n')),
      ],
      NEW,
    ],
    [
      'argoproj.io',
      'Rollout',
      [
        live(
          'argoproj.io/v1alpha1',
          'Rollout',
          {},
          { observedGeneration: '1', phase: 'Healthy', currentPodHash: 'n', stableRS: 'n' },
        ),
        owned('old', 'api-o', OLD, rollout('o')),
        owned('new', 'api-n', NEW, rollout('n')),
      ],
      NEW,
    ],
    [
      'batch',
      'Job',
      [live('batch/v1', 'Job', {}, {}), owned('new', 'u', NEW, {}), owned('stranger', 'v', OLD, {})],
      NEW,
    ],
    [
      'batch',
      'CronJob',
      [live('batch/v1', 'CronJob', { jobTemplate: { spec: { template } } }, {}), owned('any', 'u', OLD, {})],
      null,
    ],
    ['', 'Pod', [{ ...owned('api', 'x', NEW, {}), metadata: { name: 'api', namespace: 'pay', uid: 'u' } }], NEW],
  ])('%s/%s', async (group, kind, objects, expected) => {
    cluster({ objects });
    const { exitCode, diff } = await diffImages({ deployment: synced(resource({ group, kind })), cluster: true });
    expect(exitCode).toBe(0);
    expect(diff?.images).toMatchObject([{ digest: expected, workloads: [{ kind, container: 'main' }] }]);
  });

  it('says that it does not read a kind', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: synced(resource({ group: 'example.com', kind: 'Database' })),
      cluster: true,
    });
    expect(exitCode).toBe(0);
    expect(diff?.notLookedAt[0]).toMatchObject({ what: 'init-containers', where: 'Database pay/api' });
  });
});

describe('a cluster that may not be read', () => {
  const remedy =
    'kubectl -n pay create rolebinding aftersync-diff-images --clusterrole=aftersync-workload-reader --serviceaccount=argocd:aftersync-diff-images';

  it('is something missing, said once for a namespace, with the command that mends it', async () => {
    cluster({ objects: rolledOut, forbidden: [{ kind: 'Deployment', namespace: 'pay' }] });
    const { exitCode, diff, output } = await diffImages({
      deployment: synced(resource(), resource({ name: 'web' })),
      cluster: true,
    });
    expect(exitCode).toBe(1);
    expect(diff?.images).toMatchObject([image]);
    expect(diff?.settle.outcome).toBe('not-possible');
    const why = 'Kubernetes refused: Deployment pay/api (403)';
    expect(diff?.notLookedAt.slice(0, 2)).toEqual([
      { what: 'init-containers', where: 'Deployment in pay', why, remedy },
      { what: 'pods', where: 'Deployment in pay', why, remedy },
    ]);
    expect(output).toContain(
      `A right is missing, so not everything is known: Deployment in pay: ${why}, and 1 more; ${remedy}, then retry`,
    );
  });

  it.each(['Pod', 'ReplicaSet'])('gives init containers where only a %s is forbidden', async kind => {
    cluster({
      objects: [deployment('api', { init: [{ name: 'i', image: 'r/i:1' }] }), ...newPods],
      forbidden: [{ kind, namespace: 'pay' }],
    });
    const { exitCode, diff } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect(exitCode).toBe(1);
    expect(diff?.images.map(({ reference }) => reference)).toEqual(['r/i:1', 'r/pay/api:2']);
    expect(diff?.notLookedAt[0]).toMatchObject({ what: 'pods', where: 'pods in pay', why: /403/, remedy });
  });

  it('is something missing after a failed operation as well', async () => {
    cluster({ objects: rolledOut, forbidden: [{ kind: 'Deployment', namespace: 'pay' }] });
    const { exitCode } = await diffImages({
      deployment: { ...synced(resource()), eventStatus: 'FAILED' },
      cluster: true,
    });
    expect(exitCode).toBe(1);
  });

  it('fails where it was the only way to know the images', async () => {
    cluster({ objects: rolledOut, forbidden: [{ kind: 'Deployment', namespace: 'pay' }] });
    const { exitCode, diff, output } = await diffImages({
      deployment: synced(resource({ images: [] })),
      cluster: true,
    });
    expect(exitCode).toBe(1);
    expect(diff?.images).toEqual([]);
    expect(diff?.notLookedAt).toMatchObject([{ what: 'resource', where: 'Deployment pay/api', remedy }]);
    expect(output).toMatch(/A right is missing, .*: Deployment pay\/api: Argo CD lists no images for it: .*403/);
  });

  it('ends with 75, and writes nothing, where the cluster does not answer', async () => {
    cluster({ objects: rolledOut }, { mishaps: [{ path: 'deployments', times: 99, status: 503 }] });
    const { exitCode, diff, output } = await diffImages({ deployment: synced(resource()), cluster: true });
    expect(exitCode).toBe(75);
    expect(diff).toBeNull();
    expect(output).toMatch(/Kubernetes does not answer: Deployment pay\/api/);
  });
});
