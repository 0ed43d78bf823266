import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../doctor/cli.ts';
import { createArtifactoryStandIn } from '../../local/standins/artifactory.ts';
import { createJetStandIn } from '../../local/standins/jet.ts';
import { kubeconfigFor } from '../../local/standins/kubernetes.ts';
import type { Behaviour, Received } from '../../local/standins/stand-in.ts';
import { createTokenStandIn } from '../../local/standins/token.ts';
import { remotes } from '../support/remotes.ts';
import { runStep, workspace } from '../support/run-step.ts';
import { CLIENT_SECRET, type ClusterState, createDoctorCluster, healthy, PASSWORD, WEBHOOK_TOKEN } from './cluster.ts';

const network = remotes();
const CONFIG = `schemaVersion: aftersync.config/v1
environments: { default: production, production: [production] }
jet: { url: 'https://jet.test', token: { url: 'https://login.test/oauth2/token', resource: jet-proxy } }
`;
const ACCESS_TOKEN = 'access-token-51d2';
const CORE = 'v1/namespaces/argocd';

beforeEach(async () => {
  const files = await workspace({ kubeconfig: kubeconfigFor('http://kubernetes.test:6443') });
  vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
});
afterEach(() => vi.unstubAllEnvs());

function useRemotes({ clientSecret = CLIENT_SECRET, password = PASSWORD } = {}): Received[] {
  const client = { clientId: 'robot', clientSecret, resource: 'jet-proxy', accessToken: ACCESS_TOKEN };
  network.use(createTokenStandIn(client));
  network.use(
    createArtifactoryStandIn({ credentials: { username: 'robot', password }, repositories: [], items: [], builds: [] }),
  );
  if (clientSecret !== CLIENT_SECRET) return [];
  const jet = createJetStandIn({ accessToken: ACCESS_TOKEN });
  network.use(jet);
  return jet.received;
}

function useCluster(spoil: (state: ClusterState) => void = () => {}, behaviour: Behaviour = {}, config = CONFIG) {
  const state = healthy(config);
  spoil(state);
  const cluster = createDoctorCluster(state, behaviour);
  network.use(cluster);
  return cluster;
}

/** The lines that are not ok, without their blanks. */
const notOk = (output: string): string[] =>
  output
    .split('\n')
    .filter(line => /^(problem|warning) /.test(line))
    .map(line => line.replace(/ {2,}/g, ' | '));

describe('aftersync doctor', () => {
  it('finds nothing wrong in a cluster made of our own manifests, with the Secrets that it holds', async () => {
    const posted = useRemotes();
    const cluster = useCluster();
    const { exitCode, output } = await runStep(main, []);
    expect(notOk(output)).toEqual([]);
    expect(output).toContain('0 problems, 0 warnings');
    expect(exitCode).toBe(0);
    expect(posted.map(({ method }) => method)).toEqual(['HEAD']);
    const writes = cluster.received.filter(({ method }) => method !== 'GET').map(({ path }) => path.split('/').at(-1));
    expect(new Set(writes)).toEqual(new Set(['localsubjectaccessreviews']));
    for (const secret of [CLIENT_SECRET, PASSWORD, WEBHOOK_TOKEN, ACCESS_TOKEN]) expect(output).not.toContain(secret);
  });

  it('says of a cluster with three things wrong which they are, and what to do', async () => {
    useRemotes();
    useCluster(state => {
      state.objects.set(`${CORE}/secrets/argocd-notifications-secret`, { data: { 'aftersync-token': 'b3RoZXI=' } });
      state.objects.delete('apiextensions.k8s.io/v1/customresourcedefinitions/deploymentrecordparts.aftersync.dev');
      state.denied.push('aftersync-submit-evidence update deploymentrecords/status');
    });
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(1);
    expect(notOk(output)).toEqual([
      'problem | definitions | deploymentrecordparts.aftersync.dev is not installed; kubectl apply -k deploy/crds, of the version that runs',
      'problem | notifications | Argo CD sends another token than the EventSource expects; put the token of the Secret aftersync-webhook there: docs/operate.md, "Wire Argo CD"',
      'problem | permissions | aftersync-submit-evidence may not update deploymentrecords/status.aftersync.dev in argocd; apply the overlay again; docs/operate.md lists the RoleBindings of other namespaces',
    ]);
    expect(output).toMatch(/\n3 problems, 0 warnings\n/);
    expect(output).toMatch(/doctor: Not well: 3 of \d+ findings are problems; mend them from the top/);
  });

  it.each([
    ['EventBus aftersync', `${CORE}/pods?eventbus-name=aftersync`],
    ['EventSource argocd', `${CORE}/pods?eventsource-name=argocd`],
    ['Sensor argocd-sync', `${CORE}/pods?sensor-name=argocd-sync`],
  ])('does not take %s for running because it is deployed', async (name, pods) => {
    useRemotes();
    useCluster(state => state.objects.set(pods, { metadata: {}, items: [] }));
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(1);
    expect(notOk(output)).toEqual([
      expect.stringContaining(`problem | events | ${name} has no pod that is ready, of 0; kubectl -n argocd get pods`),
    ]);
  });

  it('gives the command for a namespace whose workloads nobody may read, and knows syncs without a record', async () => {
    useRemotes();
    const application = (name: string, destination: object, status: object = {}) => ({
      metadata: { name, namespace: 'argocd', uid: `uid-${name}`, creationTimestamp: '2026-11-30T02:00:00Z' },
      spec: { project: 'default', source: { repoURL: 'https://git.test/x' }, destination },
      status,
    });
    const startedAt = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z/, 'Z');
    const operationState = {
      phase: 'Succeeded',
      startedAt,
      finishedAt: startedAt,
      operation: { sync: {} },
      syncResult: { revision: 'a'.repeat(40), source: { repoURL: 'https://git.test/x' } },
    };
    useCluster(state => {
      state.objects.set('argoproj.io/v1alpha1/namespaces/argocd/applications', {
        metadata: {},
        items: [
          application('shop', { server: 'https://kubernetes.default.svc', namespace: 'shop' }, { operationState }),
          application('far', { server: 'https://elsewhere.test', namespace: 'far' }),
        ],
      });
      state.denied.push('aftersync-diff-images list pods', 'aftersync-diff-images get deployments');
    });
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(1);
    expect(notOk(output)).toEqual([
      'problem | workloads | aftersync-diff-images may not read the workloads of shop, which Applications deploy to; kubectl -n shop create rolebinding aftersync-diff-images --clusterrole=aftersync-workload-reader --serviceaccount=argocd:aftersync-diff-images',
      `problem | syncs | the sync of argocd/shop of ${startedAt} has neither record nor Workflow; mend what stands above; reconcile starts it at its next run, every five minutes`,
    ]);
  });

  it('prints the same as JSON', async () => {
    useRemotes();
    useCluster(state => state.objects.delete(`${CORE}/secrets/aftersync-webhook`));
    const { exitCode, output } = await runStep(main, ['-o', 'json']);
    expect(exitCode).toBe(1);
    const report = JSON.parse(output.slice(0, output.lastIndexOf('}') + 1));
    expect(report).toMatchObject({ schemaVersion: 'aftersync.doctor/v1', problems: 2, warnings: 0 });
    expect(report.findings).toContainEqual({
      check: 'secrets',
      state: 'problem',
      what: 'Secret aftersync-webhook is not there',
      remedy: 'create it: docs/operate.md lists the Secrets',
    });
  });

  it('names the checks that found a problem, for a script', async () => {
    useRemotes();
    useCluster(state => state.objects.delete(`${CORE}/secrets/aftersync-webhook`));
    const { exitCode, output } = await runStep(main, ['-o', 'name']);
    expect(exitCode).toBe(1);
    expect(output.split('\n').slice(0, -2)).toEqual(['secrets', 'notifications']);
  });

  it('says what it cannot tell where it may not look, which is not a problem', async () => {
    network.use(
      createDoctorCluster({
        ...healthy(CONFIG),
        hidden: [
          /secrets/,
          /localsubjectaccessreviews$/,
          /customresourcedefinitions/,
          /deployments$/,
          /clusterworkflowtemplates/,
          /configmaps$/,
        ],
      }),
    );
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(0);
    const checks = notOk(output).map(line => line.split(' | ')[1]);
    for (const check of [
      'credentials',
      'versions',
      'definitions',
      'secrets',
      'notifications',
      'templates',
      'permissions',
      'dead letters',
    ])
      expect(checks).toContain(check);
    expect(notOk(output).every(line => line.includes('cannot tell: '))).toBe(true);
  });

  it('names what is left over: a dead letter and a firing alert, but none that a person accepted', async () => {
    useRemotes();
    const spec = {
      ...{ operation: '3f1c9a0b7d2e4f68', instance: 'default', application: { namespace: 'argocd', name: 'web' } },
      ...{ environment: 'production', what: 'Held back', subject: 'sync of web', remedy: 'set jetId' },
      links: { workflow: null, application: null },
    };
    const times = { since: '2026-11-20T10:00:00Z', resolvedAt: null, latest: 'the same', channels: [] };
    const metadata = { resourceVersion: '1', creationTimestamp: '2026-11-20T10:00:00Z' };
    useCluster(state => {
      const letters = ['kept', 'seen'].map(name => ({ metadata: { name, ...metadata } }));
      state.objects.set(`${CORE}/configmaps`, { items: letters });
      const items = ['firing', 'resolved'].map(name => ({
        metadata: { name, ...metadata },
        spec,
        status: { state: name, ...times },
      }));
      const by = { by: 'sam', identity: null, reason: 'a test', at: times.since, what: spec.what };
      items.push({
        metadata: { name: 'dead-letter-seen', ...metadata },
        spec,
        status: { state: 'resolved', ...times, ...{ accepted: by } },
      });
      state.objects.set('aftersync.dev/v1alpha1/namespaces/argocd/deploymentalerts', { items });
    });
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(1);
    expect(notOk(output)).toEqual([
      'problem | dead letters | kept of 2026-11-20T10:00:00Z could not start a Workflow; aftersync replay --all --dry-run says what would be started',
      'problem | alerts | firing: Held back: sync of web; set jetId',
    ]);
  });

  it('says which credentials a remote does not take', async () => {
    useRemotes({ clientSecret: 'another', password: 'another' });
    useCluster();
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(1);
    expect(notOk(output)).toEqual([
      expect.stringMatching(/^problem \| remotes \| No token for the proxy: .*answered 401/),
      expect.stringMatching(
        /^problem \| remotes \| Artifactory refused: .*answered 401.*; correct the entry artifactory.test of Secret regcred/,
      ),
    ]);
  });

  it('looks at a configuration that no step could read, and at everything that does not need it', async () => {
    useCluster(() => {}, {}, CONFIG.replace('resource: jet-proxy', 'resorce: jet-proxy'));
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(1);
    expect(notOk(output)).toContain(
      'problem | configuration | Unknown key `jet.token.resorce`; did you mean `jet.token.resource`?',
    );
    expect(output).toMatch(/^ok +permissions /m);
  });

  it('ends with 75 where the cluster does not answer, and still prints what it knows', async () => {
    useCluster(() => {}, { mishaps: [{ path: '/secrets/', times: 99, status: 503 }] });
    const { exitCode, output } = await runStep(main, []);
    expect(exitCode).toBe(75);
    expect(output).toMatch(/^ok +configuration /m);
    expect(output).toMatch(/doctor: Kubernetes does not answer: /);
  });
});

describe('aftersync doctor --local', () => {
  it('asks no cluster', async () => {
    vi.stubEnv('KUBECONFIG', '/nonexistent');
    vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'robot');
    vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CLIENT_SECRET);
    useRemotes();
    const files = await workspace({
      'config.yaml': CONFIG,
      'regcred.json': { auths: { 'artifactory.test': { username: 'robot', password: PASSWORD } } },
    });
    const argv = ['--local', `--config=${files.path('config.yaml')}`, `--regcred=${files.path('regcred.json')}`];
    const { exitCode, output } = await runStep(main, argv);
    expect(exitCode).toBe(0);
    expect(output.match(/^ok +\S+/gm)?.map(line => line.replace(/ +/, ' '))).toEqual([
      'ok configuration',
      'ok credentials',
      'ok credentials',
      'ok remotes',
      'ok remotes',
      'ok remotes',
    ]);
  });

  it('cannot tell without credentials, and finds fault with those that cannot be read', async () => {
    const files = await workspace({ 'config.yaml': CONFIG });
    const argv = ['--local', `--config=${files.path('config.yaml')}`];
    const without = await runStep(main, argv);
    expect(without.exitCode).toBe(0);
    expect(notOk(without.output).every(line => line.startsWith('warning | credentials | cannot tell'))).toBe(true);
    vi.stubEnv('AFTERSYNC_JET_CLIENT_ID_FILE', files.path('missing'));
    const unreadable = await runStep(main, argv);
    expect(unreadable.exitCode).toBe(1);
    expect(notOk(unreadable.output)[0]).toMatch(/problem \| credentials \| Secret cannot be read: .*ENOENT/);
  });

  it.each([
    { argv: ['--local'], says: /No configuration/ },
    { argv: ['--local', '--config=missing.yaml'], says: /missing\.yaml/ },
    { argv: ['--namespace=Not_A_Name'], says: /--namespace/ },
    { argv: ['--output=xml'], says: /xml/ },
  ])('exits 2 for $argv', async ({ argv, says }) => {
    const { exitCode, output } = await runStep(main, argv);
    expect(exitCode).toBe(2);
    expect(output).toMatch(says);
  });
});
