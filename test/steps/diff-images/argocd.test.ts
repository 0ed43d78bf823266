import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentSource } from '../../../lib/contracts/deployment.ts';
import { redact } from '../../../lib/runtime/redact.ts';
import { diffAgainstPrevious, manifestsOf } from '../../../steps/diff-images/argocd.ts';
import { argocdFailure } from '../../../steps/diff-images/argocd-failure.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { type FakeArgocdScript, fakeArgocd } from '../../support/fake-argocd.ts';
import { workspace } from '../../support/run-step.ts';

const TOKEN = 'canary-argocd-token';

const source = (chart: string | null, revision: string | null, path = 'apps'): DeploymentSource => ({
  repoURL: chart === null ? 'https://git.example/deploy' : 'https://charts.example',
  path: chart === null ? path : null,
  chart,
  ref: null,
  targetRevision: 'main',
  revision,
  helmParameters: [],
});

const MULTI = [source('shop', '2.0.0'), source(null, 'ad76de8'), source(null, 'c0ffee1')];
const BEFORE = [source('shop', null), source(null, null), source(null, null)];

function deployment(change: Partial<Deployment> = {}): Deployment {
  const base = deploymentOf('0123456789abcdef');
  return {
    ...base,
    source: { ...base.source, namespace: 'team', name: 'shop' },
    sources: MULTI,
    previous: { historyId: 6, deployedAt: null, revisions: ['0.1.0', 'bead5', '0ldc0de'], sources: BEFORE },
    ...change,
  };
}

const SINGLE = {
  sources: [source('shop', '2.0.0')],
  previous: { historyId: 6, deployedAt: null, revisions: ['0.1.0'], sources: [source('shop', null)] },
};

async function argocd(script: FakeArgocdScript, env: NodeJS.ProcessEnv = {}) {
  const fake = await fakeArgocd(script);
  const access = { ARGOCD_SERVER: 'argocd.example:443', ARGOCD_AUTH_TOKEN: TOKEN };
  return { ...fake, options: { env: { PATH: process.env.PATH, AFTERSYNC_ARGOCD: fake.binary, ...access, ...env } } };
}

const pod = (image: string, init: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"spec":{"containers":[{"image":"reg.example/not-me:1"}]}}
  name: web
spec:
  template:
    spec:
      containers:
      - image: ${image}
        name: web
      initContainers:
      - image: ${init}
        name: migrate
`;

const RESOURCES = [
  { header: '/ConfigMap shop/web', live: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n', target: '' },
  { header: 'apps/Deployment shop/web', live: pod('web:2', 'migrate:1'), target: pod('web:1', 'migrate:1') },
  { header: 'apps/Deployment shop/new', live: pod('new:1', 'busybox'), target: '' },
  { header: 'apps/Deployment shop/old', live: '', target: pod('old:1', 'busybox') },
];

const containers = (image: string, init: string) => [
  { container: 'web', containerType: 'container', image },
  { container: 'migrate', containerType: 'initContainer', image: init },
];

describe('diffAgainstPrevious', () => {
  it('compares what is live with the revisions before, through the external differ', async () => {
    const { options, starts } = await argocd({ resources: RESOURCES });
    expect(await diffAgainstPrevious(deployment(), options)).toMatchObject({
      resources: [
        { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'web', operation: 'removed', live: [], target: [] },
        {
          group: 'apps',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'web',
          operation: 'changed',
          live: containers('web:2', 'migrate:1'),
          target: containers('web:1', 'migrate:1'),
        },
        {
          group: 'apps',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'new',
          operation: 'removed',
          live: containers('new:1', 'busybox'),
          target: [],
        },
        {
          group: 'apps',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'old',
          operation: 'added',
          live: [],
          target: containers('old:1', 'busybox'),
        },
      ],
      notLookedAt: [],
    });
    const [start] = await starts();
    expect(start?.argv).toEqual([
      'app',
      'diff',
      'team/shop',
      '--revisions=0.1.0',
      '--source-positions=1',
      '--revisions=bead5',
      '--source-positions=2',
      '--revisions=0ldc0de',
      '--source-positions=3',
      '--refresh',
      '--exit-code=false',
      '--server-side-diff=false',
    ]);
  });

  it('gives a single source its revision in both forms', async () => {
    const { options, starts } = await argocd({});
    expect(await diffAgainstPrevious(deployment(SINGLE), options)).toEqual({ resources: [], notLookedAt: [] });
    expect((await starts())[0]?.argv.slice(3, 6)).toEqual([
      '--revision=0.1.0',
      '--revisions=0.1.0',
      '--source-positions=1',
    ]);
  });

  it('leaves server-side diff out where argocd does not know it', async () => {
    const { options, starts } = await argocd({ unknownFlag: '--server-side-diff', resources: RESOURCES.slice(1, 2) });
    expect((await diffAgainstPrevious(deployment(), options)).resources).toHaveLength(1);
    expect((await starts()).map(({ argv }) => argv.at(-1))).toEqual(['--server-side-diff=false', '--exit-code=false']);
  });

  it('gives the token in the environment only, and none of our own secrets', async () => {
    const { options, starts } = await argocd(
      {},
      { AFTERSYNC_JET_CLIENT_SECRET: 'canary-jet', ARGOCD_OPTS: '--grpc-web' },
    );
    await diffAgainstPrevious(deployment(), options);
    const [start] = await starts();
    expect(start?.env).toMatchObject({
      ARGOCD_SERVER: 'argocd.example:443',
      ARGOCD_AUTH_TOKEN: TOKEN,
      ARGOCD_OPTS: '--grpc-web',
    });
    expect(start?.argv.join(' ')).not.toContain(TOKEN);
    expect(start?.argv).not.toContain('--core');
    expect(JSON.stringify(start)).not.toContain('canary-jet');
    expect(redact(`said ${TOKEN}`)).toBe('said ***');
  });

  it.each([
    ['https://argocd.example', 'argocd.example:443', []],
    ['https://argocd.example:8443/cd/', 'argocd.example:8443', ['--grpc-web-root-path=/cd']],
    ['http://argocd-server.argocd.svc', 'argocd-server.argocd.svc:80', ['--plaintext']],
  ])('asks the API at %s', async (apiUrl, address, flags) => {
    const { options, starts } = await argocd({});
    await diffAgainstPrevious(deployment(), { ...options, apiUrl });
    const [start] = await starts();
    expect(start?.env.ARGOCD_SERVER).toBe(address);
    expect(start?.argv.slice(12)).toEqual(flags);
  });

  it('verifies the API by the CA in a file, where there is one', async () => {
    const { path } = await workspace({ 'ca.crt': 'a certificate' });
    for (const [file, flags] of [
      ['ca.crt', [`--server-crt=${path('ca.crt')}`]],
      ['nothing', []],
    ] as const) {
      const { options, starts } = await argocd({}, { AFTERSYNC_ARGOCD_CA_FILE: path(file) });
      await diffAgainstPrevious(deployment(), options);
      expect((await starts())[0]?.argv.slice(12)).toEqual(flags);
    }
  });

  it.each([
    ['in a pod', { KUBERNETES_SERVICE_HOST: '10.96.0.1' }, { KUBECONFIG: '', POD_NAMESPACE: 'team' }],
    [
      'in a pod of another namespace',
      { KUBERNETES_SERVICE_HOST: '10.96.0.1', POD_NAMESPACE: 'argo' },
      { POD_NAMESPACE: 'team' },
    ],
    ['with a kubeconfig', { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBECONFIG: '/k' }, { KUBECONFIG: '/k' }],
  ])('speaks to the cluster where no API is named, %s', async (_case, env, expected) => {
    const { options, starts } = await argocd({}, { ...env, ARGOCD_SERVER: undefined, ARGOCD_AUTH_TOKEN: undefined });
    await diffAgainstPrevious(deployment(), options);
    const [start] = await starts();
    expect(start?.argv.at(-1)).toBe('--core');
    expect(start?.env).toMatchObject(expected);
  });

  it('removes the objects that argocd leaves in its temporary directory', async () => {
    const { options, starts } = await argocd({ resources: RESOURCES.slice(0, 1) });
    await diffAgainstPrevious(deployment(), options);
    const [start] = await starts();
    expect(start?.env.TMPDIR).toContain('aftersync-argocd-');
    expect(start?.env.ARGOCD_CONFIG_DIR).toBe(start?.env.TMPDIR);
    expect(existsSync(start?.env.TMPDIR ?? '')).toBe(false);
  });

  it.each<[string, Partial<Deployment>, string]>([
    ['no earlier deployment', { previous: null }, 'Nothing to compare with: team/shop'],
    ['an operation that is over', { operation: { ...deployment().operation, current: false } }, 'later operation'],
    ['a source hydrator', { hydrated: true }, 'Hydrated revisions'],
    ['sources that changed', { previous: { ...SINGLE.previous, sources: [...BEFORE].reverse() } }, 'Sources changed'],
    ['a source that moved', { ...SINGLE, sources: [source(null, 'a', 'elsewhere')] }, 'Sources changed'],
    [
      'too few revisions',
      { previous: { ...SINGLE.previous, sources: [] } },
      'Revisions do not match the sources: team/shop: 1 for 3',
    ],
    [
      'an empty revision',
      { previous: { ...SINGLE.previous, revisions: ['0.1.0', '', 'x'], sources: [] } },
      'Revision is not known',
    ],
  ])('refuses %s before it starts argocd', async (_case, change, message) => {
    await expect(diffAgainstPrevious(deployment(change), { env: {} })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(new RegExp(`${message}.*use --strategy sync-result`)),
    });
  });

  it.each<[string, FakeArgocdScript, number, string]>([
    [
      'an error',
      { exitCode: 20, stderr: '{"level":"fatal","msg":"rpc error: something else"}\n' },
      1,
      'something else',
    ],
    [
      'a missing right',
      { exitCode: 20, stderr: 'FATA[0001] rpc error: code = PermissionDenied desc = permission denied\n' },
      2,
      'PermissionDenied',
    ],
    [
      'a lost cache',
      { exitCode: 20, stderr: 'INFO[0000] a\nFATA[0002] rpc error: cache: key is missing\nbye\n' },
      75,
      'cache: key',
    ],
    ['a wrong command line', { exitCode: 2 }, 1, 'exit code 2, without a word'],
    ['an unknown flag', { unknownFlag: '--source-positions' }, 2, 'unknown flag: --source-positions'],
    [
      'a failure in the middle',
      { resources: RESOURCES.slice(0, 1), stdout: '', exitCode: 20, stderr: 'FATA[0002] Unavailable\n' },
      75,
      'Unavailable',
    ],
    [
      'a differ that did not run',
      { resources: RESOURCES, withoutDiffer: true },
      2,
      'External differ did not run: /ConfigMap shop/web',
    ],
    ['a last differ that did not run', { resources: RESOURCES.slice(0, 1), withoutDiffer: true }, 2, 'did not run'],
    [
      'an object that is no YAML',
      { resources: [{ header: 'apps/Deployment a/b', live: 'a: "', target: '' }] },
      1,
      'External differ failed: apps/Deployment a/b',
    ],
    [
      'text between the objects',
      { stdout: '\n===== apps/Deployment a/b ======\n57c57\n' },
      2,
      'Not JSON: apps/Deployment a/b',
    ],
    ['text before the objects', { stdout: 'hello\n' }, 2, 'External differ did not run'],
  ])('ends on %s', async (_case, script, exitCode, message) => {
    const { options } = await argocd(script);
    await expect(diffAgainstPrevious(deployment(), options)).rejects.toMatchObject({
      name: 'Failure',
      exitCode,
      message: expect.stringContaining(message),
    });
  });

  it('never shows the token that argocd says', async () => {
    const { options } = await argocd({ exitCode: 20, stderr: `FATA[0001] bad token ${TOKEN}\n` });
    await expect(diffAgainstPrevious(deployment(), options)).rejects.toThrow('bad token ***');
  });

  it('is tried again where argocd does not come back', async () => {
    const { options } = await argocd({ hangs: true });
    await expect(diffAgainstPrevious(deployment(), { ...options, timeoutMs: 1000 })).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('did not finish in time'),
    });
  });

  it('says how to get a binary that is missing or cannot run', async () => {
    const { path } = await workspace({ argocd: 'not a program' });
    for (const name of ['nothing', 'argocd']) {
      const { options } = await argocd({}, { AFTERSYNC_ARGOCD: path(name) });
      await expect(diffAgainstPrevious(deployment(), options)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/argocd cannot be started: .* \((ENOENT|EACCES)\); .*AFTERSYNC_ARGOCD/),
      });
    }
  });

  it('asks for the token where an address is given without', async () => {
    const { options } = await argocd({}, { ARGOCD_AUTH_TOKEN: undefined });
    await expect(diffAgainstPrevious(deployment(), options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('ARGOCD_AUTH_TOKEN'),
    });
  });
});

describe('manifestsOf', () => {
  const stdout = `---\n${pod('web:2', 'migrate:1')}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n\n`;

  it.each([
    ['this', ['2.0.0', 'ad76de8', 'c0ffee1']],
    ['previous', ['0.1.0', 'bead5', '0ldc0de']],
  ] as const)('renders the revisions of %s deployment', async (which, revisions) => {
    const { options, starts } = await argocd({ stdout });
    expect((await manifestsOf(deployment(), which, options)).workloads).toEqual([
      {
        group: 'apps',
        kind: 'Deployment',
        namespace: '',
        name: 'web',
        hookType: null,
        images: containers('web:2', 'migrate:1'),
      },
    ]);
    const flags = revisions.flatMap((revision, index) => [
      `--revisions=${revision}`,
      `--source-positions=${index + 1}`,
    ]);
    expect((await starts())[0]?.argv).toEqual(['app', 'manifests', 'team/shop', '--source=git', ...flags]);
  });

  it('renders an operation that is over', async () => {
    const { options } = await argocd({ stdout });
    const over = deployment({ operation: { ...deployment().operation, current: false } });
    expect((await manifestsOf(over, 'this', options)).workloads).toHaveLength(1);
  });

  it('refuses a deployment whose revisions are not known', async () => {
    const unknown = deployment({ sources: [source('shop', null)] });
    await expect(async () => manifestsOf(unknown, 'this', { env: {} })).rejects.toThrow('Revision is not known');
  });

  it('names the command where its output is no manifest', async () => {
    const { options } = await argocd({ stdout: 'hello\n' });
    await expect(manifestsOf(deployment(), 'this', options)).rejects.toThrow(
      'Not a Kubernetes object: argocd app manifests team/shop, document 1',
    );
  });
});

describe('argocdFailure', () => {
  it.each([
    ['rpc error: code = Unknown desc = error getting cached app managed resources: NOAUTH Authentication required.', 2],
    ['rpc error: code = Unauthenticated desc = invalid session: token has invalid claims', 2],
    ['rpc error: code = NotFound desc = applications.argoproj.io "shop" not found', 1],
    ['rpc error: code = Unknown desc = namespace team is not permitted', 2],
    ['Argo CD server address unspecified', 2],
    ['error retrieving argocd-cm: configmap "argocd-cm" not found', 2],
    ['error getting application cluster config: stat /root/.kube/config: no such file or directory', 2],
    ['rpc error: code = Unavailable desc = connection closed', 75],
    [
      'rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"',
      2,
    ],
    [
      'rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: first record does not look like a TLS handshake"',
      2,
    ],
    ['Failed to establish connection to argocd.example:443: dial tcp: connect: connection refused', 75],
    ['rpc error: code = DeadlineExceeded desc = context deadline exceeded', 75],
    ['', 1],
  ])('%j ends with %s', (said, exitCode) => {
    expect(argocdFailure(said, 20)).toMatchObject({ exitCode });
  });
});
