import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Deployment } from '../../../lib/contracts/deployment.ts';
import type { DeployedImage } from '../../../lib/contracts/image-diff.ts';
import { openLedger } from '../../../lib/ledger/open.ts';
import { createKubernetesStandIn } from '../../../local/standins/kubernetes.ts';
import { fakeArgocd } from '../../support/fake-argocd.ts';
import { remotes } from '../../support/remotes.ts';
import { digest, deployment as live, pod, replicaSet } from './cluster.ts';
import { diffImages, over, resource, synced } from './run.ts';

const network = remotes();
afterEach(() => vi.unstubAllEnvs());

const images = (diff: { images: DeployedImage[] } | null) =>
  diff?.images.map(({ reference, change, previousReferences }) => [reference, change, previousReferences]);

const DIFF = `
===== apps/Deployment pay/api ======
57c57
<         image: r/pay/api:2
---
>         image: r/pay/api:1
`;
const manifest = (name: string, ...containers: string[]) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
  spec: { template: { spec: { containers: containers.map((image, index) => ({ name: `c${index}`, image })) } } },
});

describe('sync-result, the default', () => {
  it('lists what was synced, and says what it could not look at', async () => {
    const { exitCode, diff, output } = await diffImages({
      deployment: synced(resource(), resource({ name: 'gone', status: 'Pruned' })),
    });
    expect(exitCode).toBe(0);
    expect(images(diff)).toEqual([['r/pay/api:2', 'added', []]]);
    expect(diff).toMatchObject({ previous: 'unknown', all: false, settle: { outcome: 'not-possible' } });
    expect(diff?.notLookedAt.map(({ what, where }) => [what, where])).toEqual([
      ['init-containers', 'Deployment in pay'],
      ['pods', 'Deployment in pay'],
      ['registry', 'docker.io'],
    ]);
    expect(diff?.notLookedAt[0]?.why).toMatch(/No cluster/);
    expect(output).toMatch(/1 images by sync-result \(chosen by evidence.strategy\), evidence owed for 1/);
  });

  it('records no image of a sync that deployed none, after looking', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: synced(resource({ group: '', kind: 'ConfigMap', images: [] })),
    });
    expect([exitCode, diff?.images, diff?.notLookedAt]).toEqual([0, [], []]);
  });

  it.each(['dry-run', 'prune-only'] as const)('looks at nothing after a %s', async skipReason => {
    const { exitCode, diff } = await diffImages({
      deployment: { ...synced(resource()), disposition: 'skip', skipReason },
    });
    expect(exitCode).toBe(0);
    expect(diff).toMatchObject({ images: [], notLookedAt: [], settle: { outcome: 'not-needed' } });
  });

  it('lists of a failed sync only what it touched', async () => {
    const failed = synced(resource(), resource({ name: 'web', status: 'SyncFailed', images: ['r/pay/web:2'] }));
    const { exitCode, diff } = await diffImages({
      deployment: {
        ...failed,
        eventStatus: 'FAILED',
        resources: [...failed.resources, resource({ name: 'later', status: 'Unknown', images: ['r/pay/later:2'] })],
      },
    });
    expect(exitCode).toBe(0);
    expect(diff?.images.map(({ reference }) => reference)).toEqual(['r/pay/api:2', 'r/pay/web:2']);
    expect(diff?.notLookedAt[0]).toMatchObject({ what: 'resource', where: 'Deployment pay/later' });
  });

  it('lets a failed sync through of which no resources are known, and says so', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: { ...synced(), eventStatus: 'FAILED', resourcesKnown: false },
    });
    expect(exitCode).toBe(0);
    expect(diff).toMatchObject({
      images: [],
      notLookedAt: [{ what: 'operation', where: 'Application argocd/guestbook' }],
    });
  });

  it('keeps a text that is no reference as an image that nobody can look up', async () => {
    const { exitCode, diff, output } = await diffImages({
      deployment: synced(resource(), resource({ name: 'web', images: ['{{workflow.name}}', '$(id)\u0000'] })),
    });
    expect(exitCode).toBe(0);
    expect(images(diff)).toEqual([
      ['r/pay/api:2', 'added', []],
      ['$(id)', 'added', []],
      ['{ {workflow.name} }', 'added', []],
    ]);
    expect(diff?.images[2]).toMatchObject({ registry: '', digest: null, workloads: [{ name: 'web' }] });
    expect(output).not.toContain('{{');
  });
});

describe('an operation that is over', () => {
  it('asks neither workloads nor pods of today', async () => {
    // No remote is declared: a request would fail the test.
    const { exitCode, diff } = await diffImages({ deployment: over(synced(resource())), cluster: true });
    expect(exitCode).toBe(0);
    expect(diff).toMatchObject({ images: [{ digest: null }], settle: { outcome: 'not-possible' } });
    expect(diff?.notLookedAt[0]?.why).toMatch(/another operation has started since/);
  });

  it('takes two renderings where nothing kept its resources', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: { ...over(synced()), resourcesKnown: false },
      files: { 'live.json': manifest('api', 'r/pay/api:2'), 'target.json': manifest('api', 'r/pay/api:1') },
      flags: ['--live', 'live.json', '--target', 'target.json'],
      cluster: true,
    });
    expect(exitCode).toBe(0);
    expect(diff?.strategy.name).toBe('manifests');
    expect(images(diff)).toEqual([['r/pay/api:2', 'updated', ['r/pay/api:1']]]);
  });

  it('is let through where nothing is left to look at, and the artifact says so', async () => {
    const { exitCode, diff } = await diffImages({ deployment: { ...over(synced()), resourcesKnown: false } });
    expect(exitCode).toBe(0);
    expect(diff).toMatchObject({
      images: [],
      strategy: { name: 'manifests', why: expect.stringMatching(/^forced/) },
      notLookedAt: [{ what: 'operation' }],
    });
  });

  it('fails while it is the last one and nothing could look, with the artifact written', async () => {
    const { exitCode, diff, output } = await diffImages({ deployment: { ...synced(), resourcesKnown: false } });
    expect([exitCode, diff?.images]).toEqual([1, []]);
    expect(output).toMatch(
      /Images are not known: Application argocd\/guestbook: .*; let the workloads be read, or give --live/,
    );
  });
});

describe('an operation that is over, of which nothing was kept', () => {
  const source = { repoURL: 'https://git.example.com/a', path: 'a', chart: null, ref: null, targetRevision: 'main' };
  const at = (revision: string) => ({ ...source, revision, helmParameters: [] });
  const deployment: Deployment = { ...over(synced()), resourcesKnown: false, sources: [at('b0b')] };
  const rendering = { stdout: JSON.stringify(manifest('api', 'r/pay/api:2')) };

  it('is rendered by the Argo CD that is configured', async () => {
    const fake = await fakeArgocd(rendering);
    vi.stubEnv('AFTERSYNC_ARGOCD', fake.binary);
    vi.stubEnv('ARGOCD_SERVER', 'argocd.example.com');
    vi.stubEnv('ARGOCD_AUTH_TOKEN', 'canary-token');
    const { exitCode, diff, output } = await diffImages({ deployment });
    expect(exitCode).toBe(0);
    expect(images(diff)).toEqual([['r/pay/api:2', 'added', []]]);
    expect(output).not.toContain('canary-token');
    const [start] = await fake.starts();
    expect(start?.argv).toEqual(expect.arrayContaining(['manifests', '--revision=b0b']));
  });

  it('is rendered with --core where the component says that it may be', async () => {
    const fake = await fakeArgocd(rendering);
    vi.stubEnv('AFTERSYNC_ARGOCD', fake.binary);
    vi.stubEnv('ARGOCD_SERVER', '');
    vi.stubEnv('AFTERSYNC_ARGOCD_CORE', 'true');
    const { exitCode, diff } = await diffImages({ deployment });
    expect([exitCode, images(diff)]).toEqual([0, [['r/pay/api:2', 'added', []]]]);
    expect((await fake.starts())[0]?.argv).toContain('--core');
  });

  it('is not rendered by whatever Argo CD a kubeconfig happens to name', async () => {
    vi.stubEnv('AFTERSYNC_ARGOCD', (await fakeArgocd(rendering)).binary);
    vi.stubEnv('ARGOCD_SERVER', '');
    const { exitCode, diff } = await diffImages({ deployment });
    expect([exitCode, diff?.images]).toEqual([0, []]);
    expect(diff?.notLookedAt[0]?.why).toMatch(/neither files were given nor is an Argo CD configured/);
  });

  it('is not rendered where the Application has other sources today', async () => {
    const fake = await fakeArgocd(rendering);
    vi.stubEnv('AFTERSYNC_ARGOCD', fake.binary);
    vi.stubEnv('ARGOCD_SERVER', 'argocd.example.com');
    vi.stubEnv('ARGOCD_AUTH_TOKEN', 'canary-token');
    const { exitCode, diff } = await diffImages({ deployment: { ...deployment, sourcesMoved: true } });
    expect([exitCode, diff?.images]).toEqual([0, []]);
    expect(diff?.notLookedAt[0]?.why).toMatch(/Sources changed/);
    expect(await readdir(dirname(fake.binary))).not.toContain('starts.jsonl');
  });

  it('is compared with nothing where the deployment before had other sources', async () => {
    const fake = await fakeArgocd(rendering);
    vi.stubEnv('AFTERSYNC_ARGOCD', fake.binary);
    vi.stubEnv('ARGOCD_SERVER', 'argocd.example.com');
    vi.stubEnv('ARGOCD_AUTH_TOKEN', 'canary-token');
    const before = { historyId: 1, deployedAt: null, revisions: ['a0a'], sources: [at('a0a')] };
    const compared = await diffImages({ deployment: { ...deployment, previous: before } });
    expect(images(compared.diff)).toEqual([['r/pay/api:2', 'unchanged', ['r/pay/api:2']]]);
    const alone = await diffImages({ deployment: { ...deployment, previous: { ...before, sourcesMoved: true } } });
    expect(images(alone.diff)).toEqual([['r/pay/api:2', 'added', []]]);
  });

  it('says what Argo CD said where it cannot be rendered', async () => {
    const fake = await fakeArgocd({ stderr: 'FATA[0001] permission denied\n', exitCode: 20 });
    vi.stubEnv('AFTERSYNC_ARGOCD', fake.binary);
    vi.stubEnv('ARGOCD_SERVER', 'argocd.example.com');
    vi.stubEnv('ARGOCD_AUTH_TOKEN', 'canary-token');
    const { exitCode, diff } = await diffImages({ deployment });
    expect([exitCode, diff?.images]).toEqual([0, []]);
    expect(diff?.notLookedAt[0]?.why).toMatch(/^forced: .*permission denied/);
  });
});

it('does not read another cluster', async () => {
  const deployment = synced(resource());
  const { exitCode, diff } = await diffImages({
    deployment: { ...deployment, destination: { ...deployment.destination, name: 'eu', inCluster: false } },
    cluster: true,
  });
  expect(exitCode).toBe(0);
  expect(diff?.notLookedAt.map(({ what, where }) => [what, where])).toEqual([
    ['init-containers', 'eu'],
    ['pods', 'eu'],
    ['registry', 'docker.io'],
  ]);
});

describe('argocd-diff', () => {
  it.each([
    ['live', 'r/pay/api:2', 'r/pay/api:1'],
    ['target', 'r/pay/api:1', 'r/pay/api:2'],
  ])('takes %s for the deployed side', async (side, deployed, before) => {
    const { exitCode, diff } = await diffImages({
      deployment: synced(),
      files: { 'app.diff': DIFF },
      flags: ['--diff', 'app.diff', '--deployed', side],
    });
    expect(exitCode).toBe(0);
    expect(diff).toMatchObject({ strategy: { name: 'argocd-diff', why: 'given by --diff' }, previous: 'strategy' });
    expect(images(diff)).toEqual([[deployed, 'updated', [before]]]);
  });

  it('adds the hooks, which a diff leaves out', async () => {
    const hook = resource({
      group: 'batch',
      kind: 'Job',
      name: 'migrate',
      hookType: 'PreSync',
      images: ['r/pay/migrate:2'],
    });
    const { diff } = await diffImages({
      deployment: synced(hook),
      files: { 'app.diff': DIFF },
      flags: ['--diff', 'app.diff'],
    });
    expect(diff?.images.map(({ reference }) => reference)).toEqual(['r/pay/api:2', 'r/pay/migrate:2']);
  });

  it('takes names and digests from the live workload', async () => {
    const runs = digest('b');
    network.use(
      createKubernetesStandIn({
        objects: [live('api'), replicaSet('api-2', 'api', 2), pod('api-2', 'p', 'api', runs)],
      }),
    );
    const { diff } = await diffImages({
      deployment: synced(),
      files: { 'app.diff': DIFF },
      flags: ['--diff', 'app.diff'],
      cluster: true,
    });
    expect(diff?.images).toMatchObject([
      { digest: runs, workloads: [{ container: 'main', containerType: 'container' }] },
    ]);
  });

  it('is no diff where nothing differs', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: synced(),
      files: { 'app.diff': '' },
      flags: ['--diff', 'app.diff'],
    });
    expect([exitCode, diff?.images, diff?.previous]).toEqual([0, [], 'strategy']);
  });

  it('says with --all that a diff does not show what did not change', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: synced(),
      files: { 'app.diff': DIFF },
      flags: ['--diff', 'app.diff', '--all'],
    });
    expect(exitCode).toBe(0);
    expect(diff).toMatchObject({
      all: true,
      notLookedAt: expect.arrayContaining([expect.objectContaining({ what: 'unchanged' })]),
    });
  });

  it('asks the argocd binary where no file is given', async () => {
    const text = JSON.stringify;
    const fake = await fakeArgocd({
      resources: [
        {
          header: 'apps/Deployment pay/api',
          live: text(manifest('api', 'r/pay/api:2')),
          target: text(manifest('api', 'r/pay/api:1')),
        },
      ],
    });
    vi.stubEnv('AFTERSYNC_ARGOCD', fake.binary);
    const source = {
      repoURL: 'https://git.example.com/a',
      path: 'a',
      chart: null,
      ref: null,
      targetRevision: 'main',
      helmParameters: [],
    };
    const { exitCode, diff } = await diffImages({
      deployment: {
        ...synced(),
        sources: [{ ...source, revision: 'b0b' }],
        previous: { historyId: 1, deployedAt: null, revisions: ['a0a'], sources: [{ ...source, revision: 'a0a' }] },
      },
      evidence: { strategy: 'argocd-diff' },
    });
    expect(exitCode).toBe(0);
    expect(images(diff)).toEqual([['r/pay/api:2', 'updated', ['r/pay/api:1']]]);
  });
});

describe('manifests', () => {
  const pair = (now: unknown, before: unknown, flags: string[] = []) => ({
    deployment: synced(),
    files: { 'live.json': now, 'target.json': before },
    flags: ['--live', 'live.json', '--target', 'target.json', ...flags],
  });

  it('tells added, updated and unchanged apart, and owes evidence for all with --all', async () => {
    const now = [manifest('api', 'r/pay/api:2', 'envoy:1'), manifest('new', 'r/pay/new:1')];
    const before = [manifest('api', 'r/pay/api:1', 'envoy:1'), manifest('old', 'r/pay/old:1')];
    const changed = await diffImages(pair(now, before));
    expect(images(changed.diff)).toEqual([
      ['envoy:1', 'unchanged', ['envoy:1']],
      ['r/pay/api:2', 'updated', ['r/pay/api:1']],
      ['r/pay/new:1', 'added', []],
    ]);
    expect(changed.diff?.images[0]?.workloads[0]?.namespace).toBe('pay');
    expect(changed.output).toMatch(/evidence owed for 2/);
    const all = await diffImages(pair(now, before, ['--all']));
    expect(all.output).toMatch(/3 images by manifests .*evidence owed for 3/);
    const configured = await diffImages({ ...pair(now, before), evidence: { images: 'all' } });
    expect(configured.diff?.all).toBe(true);
  });

  it('does not overlook a text that is no image', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: synced(),
      files: { 'live.json': manifest('api', 'r/pay/api:2', '{{ .Values.image }}') },
      flags: ['--live', 'live.json'],
    });
    expect([exitCode, images(diff)]).toEqual([
      0,
      [
        ['r/pay/api:2', 'added', []],
        ['{ { .Values.image } }', 'added', []],
      ],
    ]);
  });

  it('lists every image as added where only the deployed rendering is known', async () => {
    const { exitCode, diff } = await diffImages({
      deployment: synced(),
      files: { 'live.json': manifest('api', 'r/pay/api:2') },
      flags: ['--live', 'live.json'],
    });
    expect([exitCode, diff?.previous, images(diff)]).toEqual([0, 'unknown', [['r/pay/api:2', 'added', []]]]);
  });
});

describe('with a ledger', () => {
  const OLDER = '1111111111111111';

  const recorded = (reference: string): DeployedImage => ({
    ...{ reference, registry: 'docker.io', repository: reference.split(':')[0] ?? '' },
    ...{ tag: reference.split(':')[1] ?? null, digest: null, digestFrom: null },
    ...{ change: 'added', previousReferences: [] },
    workloads: [
      {
        ...{ group: 'apps', kind: 'Deployment', namespace: 'pay', name: 'api', hookType: null },
        ...{ container: 'main', containerType: 'container' },
      },
    ],
  });

  async function ledgerWith(
    reference: string,
    before: Partial<DeployedImage> = {},
    change: Partial<Deployment> = {},
    others: DeployedImage[] = [],
  ) {
    const directory = await mkdtemp(join(tmpdir(), 'aftersync-ledger-'));
    const at = '2026-11-19T10:00:00Z';
    const earlier = synced(resource());
    const deployment: Deployment = {
      ...earlier,
      ...change,
      id: OLDER,
      operation: { ...earlier.operation, startedAt: '2026-11-19T09:00:00Z' },
    };
    const images = [{ ...recorded(reference), ...before }, ...others];
    await openLedger(directory).apply(OLDER, [
      { type: 'open', at, deployment, run: 'run-1' },
      { type: 'plan', at, step: 'submit-evidence', images, deliveries: [] },
    ]);
    return ['--ledger', directory];
  }

  it.each([
    ['r/pay/api:1', 'updated'],
    ['r/pay/api:2', 'unchanged'],
  ])('compares with what was recorded: %s', async (reference, change) => {
    const { exitCode, diff } = await diffImages({ deployment: synced(resource()), flags: await ledgerWith(reference) });
    expect([exitCode, diff?.previous, images(diff)]).toEqual([0, 'ledger', [['r/pay/api:2', change, [reference]]]]);
  });

  it('owes nothing for a self-heal that put back what was recorded', async () => {
    const healed = synced(resource());
    const { diff, output } = await diffImages({
      deployment: { ...healed, operation: { ...healed.operation, partial: true, selfHeal: true } },
      flags: await ledgerWith('r/pay/api:2'),
    });
    expect(images(diff)).toEqual([['r/pay/api:2', 'unchanged', ['r/pay/api:2']]]);
    expect(output).toMatch(/evidence owed for 0/);
  });

  it('sees that a mutable tag points elsewhere', async () => {
    const [was, is] = [digest('a'), digest('b')];
    network.use(
      createKubernetesStandIn({ objects: [live('api'), replicaSet('api-2', 'api', 2), pod('api-2', 'p', 'api', is)] }),
    );
    const { diff } = await diffImages({
      deployment: synced(resource()),
      flags: await ledgerWith('r/pay/api:2', { digest: was, digestFrom: 'pod' }),
      cluster: true,
    });
    expect(diff?.images).toMatchObject([{ digest: is, change: 'updated', previousReferences: [`r/pay/api:2@${was}`] }]);
  });

  it('does not compare with a failed operation that never applied the workload', async () => {
    const failed = { eventStatus: 'FAILED' as const, resources: [resource({ status: 'SyncFailed' })] };
    const flags = await ledgerWith('r/pay/api:2', {}, failed);
    const { diff } = await diffImages({ deployment: synced(resource()), flags });
    expect([diff?.previous, images(diff)]).toEqual(['unknown', [['r/pay/api:2', 'added', []]]]);
  });

  it('knows what an earlier run of the same operation found, once nothing shows the operation any more', async () => {
    const flags = await ledgerWith('r/pay/api:2', { change: 'updated', digest: digest('a'), digestFrom: 'pod' });
    const resumed = over({ ...synced(), id: OLDER, resourcesKnown: false });
    const { exitCode, diff } = await diffImages({ deployment: resumed, flags });
    expect([exitCode, diff?.notLookedAt]).toEqual([0, []]);
    expect(diff?.images).toMatchObject([{ reference: 'r/pay/api:2', change: 'updated', digest: digest('a') }]);
    const text = { deployment: resumed, files: { 'app.diff': DIFF }, flags: [...flags, '--diff', 'app.diff'] };
    expect((await diffImages(text)).diff).toMatchObject({ images: [{ digest: null }] });
  });

  it.each([
    ['changed', 1],
    ['all', 3],
  ])('owes of what it recorded the same as then, with evidence.images: %s', async (which, owed) => {
    const unchanged = ['envoy', 'log'].map(name => ({ ...recorded(`r/mesh/${name}:1`), change: 'unchanged' as const }));
    const flags = await ledgerWith('r/pay/api:2', { change: 'updated' }, {}, unchanged);
    const resumed = over({ ...synced(), id: OLDER, resourcesKnown: false });
    const { diff, output } = await diffImages({ deployment: resumed, flags, evidence: { images: which } });
    expect(images(diff)?.map(([reference, change]) => `${reference} ${change}`)).toEqual([
      'r/pay/api:2 updated',
      'r/mesh/envoy:1 unchanged',
      'r/mesh/log:1 unchanged',
    ]);
    expect(output).toContain(`evidence owed for ${owed}`);
  });

  it('looks again, whatever an earlier run recorded, while the operation is the last one', async () => {
    const flags = await ledgerWith('r/pay/api:9', { change: 'updated' });
    const { diff } = await diffImages({ deployment: { ...synced(resource()), id: OLDER }, flags });
    expect(images(diff)).toEqual([['r/pay/api:2', 'added', []]]);
  });

  it('takes the ledger from the environment', async () => {
    const [, directory = ''] = await ledgerWith('r/pay/api:1');
    vi.stubEnv('AFTERSYNC_LEDGER', directory);
    const { diff } = await diffImages({ deployment: synced(resource()) });
    expect(diff?.previous).toBe('ledger');
  });
});

describe('manifests of custom resources', () => {
  const object = (apiVersion: string, kind: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: { name: 'a' },
    spec,
  });
  const web = object('v1', 'Pod', { containers: [{ name: 'web', image: 'r/web:2' }] });
  const thing = object('example.com/v1', 'Thing', { image: 'r/thing:1' });
  const given = (objects: unknown[], evidence: object = {}) =>
    diffImages({ deployment: synced(), evidence, files: { 'live.yaml': objects }, flags: ['--live', 'live.yaml'] });

  it('records the image of a well-known operator', async () => {
    const { exitCode, diff } = await given([
      object('monitoring.coreos.com/v1', 'Prometheus', { image: 'q/prometheus:v3' }),
    ]);
    expect([exitCode, images(diff)]).toEqual([0, [['q/prometheus:v3', 'added', []]]]);
    expect(diff?.notLookedAt.map(({ what }) => what)).not.toContain('field');
  });

  it('says a field that it did not take, beside the images that it knows', async () => {
    const { exitCode, diff, output } = await given([web, thing]);
    expect([exitCode, images(diff)]).toEqual([0, [['r/web:2', 'added', []]]]);
    expect(diff?.notLookedAt).toContainEqual({
      what: 'field',
      where: 'Thing a',
      why: expect.stringContaining('spec.image names r/thing:1'),
    });
    expect(output).toMatch(/1 images by .*, of 1 objects not every image is known/);
  });

  it.each([
    ['a field that looks like an image', thing],
    [
      'an image that is filled in later',
      object('argoproj.io/v1alpha1', 'WorkflowTemplate', { templates: [{ container: { image: 'a:{{x}}' } }] }),
    ],
    ['a blank image', object('v1', 'Pod', { containers: [{ name: 'web', image: ' ' }] })],
    ['an object without a name', { ...web, metadata: {} }],
  ])('does not call it no images where there is only %s', async (_, only) => {
    const { exitCode, diff, output } = await given([only]);
    expect([exitCode, diff?.images]).toEqual([1, []]);
    expect(output).toMatch(/Images are not known: /);
  });

  it('takes the fields that are configured', async () => {
    const customResources = [{ group: 'example.com', kind: 'Thing', imagePaths: ['spec.image'] }];
    const { exitCode, diff } = await given([thing], { customResources });
    expect([exitCode, images(diff)]).toEqual([0, [['r/thing:1', 'added', []]]]);
    const none = await given([thing], { customResources: [{ ...customResources[0], imagePaths: [] }] });
    expect([none.exitCode, none.diff?.images, none.diff?.notLookedAt]).toEqual([0, [], []]);
  });

  it('says a hook that Argo CD does not know, and records nothing of it', async () => {
    const job = {
      ...object('batch/v1', 'Job', { template: { spec: web.spec } }),
      metadata: { name: 'a', annotations: { 'argocd.argoproj.io/hook': 'Presync' } },
    };
    const { exitCode, diff, output } = await given([job]);
    expect([exitCode, diff?.images]).toEqual([0, []]);
    expect(output).toMatch(/not looked at: hook, Job a: Argo CD knows no hook "Presync"/);
  });
});

describe('custom resources of a sync result', () => {
  const prometheus = resource({ group: 'monitoring.coreos.com', kind: 'Prometheus', name: 'k8s', images: [] });

  it.each([
    ['beside images that are known', [resource(), prometheus], 0],
    ['alone', [prometheus], 1],
  ])('are said %s', async (_, resources, code) => {
    const { exitCode, diff, output } = await diffImages({ deployment: synced(...resources) });
    expect(exitCode).toBe(code);
    expect(diff?.notLookedAt).toContainEqual(expect.objectContaining({ what: 'field', where: 'Prometheus in pay' }));
    if (code === 1) expect(output).toMatch(/Images are not known: Prometheus in pay: .*evidence\.customResources/);
  });
});

describe('a rendering that failed', () => {
  it.each([
    ['nothing', ''],
    ['a comment', '# Source: web/templates/deployment.yaml\n---\n'],
    ['an empty list', { apiVersion: 'v1', kind: 'List', items: [] }],
    ['null', 'null'],
  ])('is refused where it left %s', async (_, text) => {
    for (const side of ['live', 'target'])
      expect(
        await diffImages({
          deployment: synced(resource()),
          files: { f: text, g: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } } },
          flags: [`--${side}`, 'f', `--${side === 'live' ? 'target' : 'live'}`, 'g', '--deployed', side],
        }),
      ).toMatchObject({ exitCode: 2, diff: null, output: expect.stringContaining(`No objects: --${side}; `) });
  });
});

describe('bad input', () => {
  const cut = DIFF.replace(/>.*\n$/, '');
  it.each<[string, string[], Record<string, unknown>, RegExp]>([
    ['a diff that lost its end', ['--diff', 'f'], { f: cut }, /Diff is cut or damaged: apps\/Deployment pay\/api/],
    [
      'a diff of headers only',
      ['--diff', 'f'],
      { f: '\n===== apps/Deployment pay/api ======\n' },
      /without its differences/,
    ],
    ['text that is no diff', ['--diff', 'f'], { f: '<html>' }, /damaged: line 1/],
    ['NUL bytes', ['--diff', 'f'], { f: '\u0000\u0000' }, /damaged: line 1/],
    ['no such diff', ['--diff', 'missing'], {}, /File cannot be read: --diff=missing; ENOENT/],
    ['manifests that are no YAML', ['--live', 'f'], { f: 'a: [' }, /Neither YAML nor JSON: --live=.*f, document 1/],
    ['manifests that are no objects', ['--live', 'f'], { f: 'hello: world' }, /Not a Kubernetes object: --live=/],
    ['diff and manifests', ['--diff', 'f', '--live', 'f'], { f: '' }, /Two comparisons/],
    [
      'only the side that was not deployed',
      ['--target', 'f'],
      { f: '' },
      /No deployed manifests: --deployed=live; give them with --live/,
    ],
    [
      'files of another strategy',
      ['--diff', 'f', '--strategy', 'manifests'],
      { f: '' },
      /Files of another strategy: --strategy=manifests/,
    ],
    ['an unknown strategy', ['--strategy', 'guess'], {}, /Allowed choices are sync-result, argocd-diff, manifests/],
    ['an unknown flag', ['--everything'], {}, /unknown option '--everything'/],
  ])('%s', async (_, flags, files, message) => {
    const { exitCode, diff, output } = await diffImages({ deployment: synced(resource()), flags, files });
    expect(exitCode).toBe(2);
    expect(diff).toBeNull();
    expect(output).toMatch(message);
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['not JSON', 'nonsense', /Not JSON: --deployment=/],
    ['another artifact', { schemaVersion: 'aftersync.image-diff/v1' }, /Not as documented: --deployment=/],
  ])('a deployment that is %s', async (_, deployment, message) => {
    const { exitCode, diff, output } = await diffImages({ deployment });
    expect([exitCode, diff]).toEqual([2, null]);
    expect(output).toMatch(message);
  });
});
