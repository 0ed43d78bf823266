import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKubernetes, toFailure } from '../../../lib/clients/kubernetes.ts';
import { Failure } from '../../../lib/runtime/failure.ts';
import { createKubernetesStandIn, type KubernetesState, kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const network = remotes();

const pod = (name: string, labels: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels, creationTimestamp: '2026-11-20T09:00:00Z' },
  spec: { containers: [{ name: 'web', image: 'nginx:1.29' }] },
});
const window = {
  apiVersion: 'changemgmt.example.com/v1',
  kind: 'ChangeWindow',
  metadata: { name: 'tonight', namespace: 'argocd', uid: 'b7' },
  spec: { snowId: 'CHG0012345', startTime: '2026-11-20T20:00:00+01:00', nested: { anything: [1, null, { a: true }] } },
};
const state: KubernetesState = {
  objects: [
    window,
    pod('a', { app: 'web', track: 'stable' }),
    pod('b', { app: 'web', track: 'canary' }),
    pod('c', { app: 'api' }),
  ],
  types: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }],
  forbidden: [
    { kind: 'Pod', namespace: 'secret' },
    { kind: 'Application', namespace: 'secret' },
  ],
};
const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'checkout' };
const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' };

beforeEach(async () => {
  const files = await workspace({ kubeconfig: kubeconfigFor('http://kubernetes.test:6443') });
  vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
});
afterEach(() => vi.unstubAllEnvs());

function cluster(behaviour?: Behaviour, held: KubernetesState = state) {
  const standIn = createKubernetesStandIn(held, behaviour);
  network.use(standIn);
  return standIn;
}

const failure = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`no Failure but ${String(error)}`);
  return error;
};

it('does not take this machine for a cluster where no kubeconfig names one', async () => {
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', (await workspace()).directory);
  const { exitCode, message } = await failure(createKubernetes().read({ ...pods, name: 'a' }));
  expect([exitCode, message]).toEqual([2, expect.stringMatching(/^No cluster/)]);
});

describe('what the library throws', () => {
  it.each([
    [new RangeError('Maximum call stack size exceeded'), 2],
    [new SyntaxError('Unexpected token'), 2],
    [new TypeError('x is null'), 2],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 75],
    [Object.assign(new Error('The operation was aborted'), { name: 'AbortError' }), 75],
    [Object.assign(new Error('Premature close'), { name: 'FetchError', code: 'ERR_STREAM_PREMATURE_CLOSE' }), 75],
    [Object.assign(new Error('HTTP-Code: 503'), { code: 503 }), 75],
  ])('is worth another try only where it is of the connection: %s', (error, exitCode) => {
    expect(toFailure(error, 'Application argocd/web')).toMatchObject({ exitCode });
  });
});

describe('read', () => {
  it('answers with a custom resource as it is', async () => {
    cluster();
    const found = await createKubernetes().read({
      apiVersion: window.apiVersion,
      kind: window.kind,
      namespace: 'argocd',
      name: 'tonight',
    });
    expect(found).toEqual(window);
  });

  it('has times as text', async () => {
    cluster();
    const found = await createKubernetes().read({ ...pods, name: 'a' });
    expect(found).toMatchObject({ metadata: { name: 'a', creationTimestamp: '2026-11-20T09:00:00.000Z' } });
  });

  it('answers null where the object does not exist', async () => {
    cluster();
    expect(await createKubernetes().read(application)).toBeNull();
  });

  it.each([
    ['a group', { ...application, apiVersion: 'unheard.of/v1' }],
    ['a kind', { ...application, kind: 'Unheard' }],
  ])('tells %s that the cluster lacks from an object that does not exist', async (_, object) => {
    cluster();
    const { exitCode, message } = await failure(createKubernetes().read(object));
    expect(exitCode).toBe(2);
    expect(message).toMatch(/^No such resource type: .* argocd\/checkout; install/);
  });

  it('says forbidden with exit 2', async () => {
    cluster();
    const { exitCode, message } = await failure(createKubernetes().read({ ...application, namespace: 'secret' }));
    expect(exitCode).toBe(2);
    expect(message).toMatch(/^Kubernetes refused: Application secret\/checkout \(403\)/);
  });

  it.each<[string, Behaviour]>([
    ['503 on the object', { mishaps: [{ path: 'applications', times: 1, status: 503 }] }],
    ['429 on the object', { mishaps: [{ path: 'applications', times: 1, status: 429 }] }],
    ['503 on discovery', { mishaps: [{ path: 'v1alpha1$', times: 1, status: 503 }] }],
    ['a lost connection', { mishaps: [{ path: 'applications', times: 1, drop: 'before' }] }],
    ['a connection lost at once', { mishaps: [{ path: '', times: 1, drop: 'before' }] }],
  ])('is worth another try after %s', async (_, behaviour) => {
    cluster(behaviour);
    const { exitCode, message } = await failure(createKubernetes().read(application));
    expect(exitCode).toBe(75);
    expect(message).toMatch(/^Kubernetes does not answer: Application argocd\/checkout/);
  });

  it('gives up on an API server that hangs', async () => {
    cluster({ latencyMs: 2_000 });
    const { exitCode } = await failure(createKubernetes({ timeoutMs: 20 }).read(application));
    expect(exitCode).toBe(75);
  });

  it('is refused without the token', async () => {
    cluster();
    const files = await workspace({
      kubeconfig: kubeconfigFor('http://kubernetes.test:6443').replace('token: ', 'token: no'),
    });
    vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
    const { exitCode, message } = await failure(createKubernetes().read(application));
    expect(exitCode).toBe(2);
    expect(message).toMatch(/^Kubernetes refused: .*401/);
  });

  it('never shows the token', async () => {
    cluster({ mishaps: [{ path: 'applications', times: 1, status: 401, body: 'Bearer stand-in' }] });
    const { message } = await failure(createKubernetes().read(application));
    expect(message).toMatch(/^Kubernetes refused: .*401/);
    expect(message).not.toContain('stand-in');
  });
});

describe('list', () => {
  const names = (items: unknown[] | null) => items?.map(item => (item as typeof window).metadata.name);

  it.each([
    [undefined, ['a', 'b', 'c']],
    ['app=web', ['a', 'b']],
    ['app==web, track=canary', ['b']],
    ['app!=web', ['c']],
    ['track in (stable, canary)', ['a', 'b']],
    ['track in (stable),app=web', ['a']],
    ['track notin (stable)', ['b', 'c']],
    ['track', ['a', 'b']],
    ['!track', ['c']],
  ])('finds the pods of %s', async (labelSelector, expected) => {
    cluster();
    expect(names(await createKubernetes().list({ ...pods, ...(labelSelector && { labelSelector }) }))).toEqual(
      expected,
    );
  });

  it('has items without kind for a built-in type, with it for a custom resource', async () => {
    cluster();
    const [found] = (await createKubernetes().list(pods)) ?? [];
    expect(found).not.toHaveProperty('kind');
    expect(await createKubernetes().list({ ...window, namespace: 'argocd' })).toEqual([window]);
  });

  it('finds nothing in a namespace that holds nothing', async () => {
    cluster();
    expect(await createKubernetes().list({ ...pods, namespace: 'empty' })).toEqual([]);
  });

  it.each(['unheard.of/v1', 'argoproj.io/v1alpha1'])('answers null where %s has no such type', async apiVersion => {
    cluster();
    expect(await createKubernetes().list({ apiVersion, kind: 'Unheard', namespace: 'argocd' })).toBeNull();
  });

  it('does not take forbidden for a missing type', async () => {
    cluster();
    const { exitCode, message } = await failure(createKubernetes().list({ ...pods, namespace: 'secret' }));
    expect(exitCode).toBe(2);
    expect(message).toMatch(/^Kubernetes refused: Pod in secret \(403\)/);
  });

  it.each<[string, Behaviour]>([
    ['500 on discovery', { mishaps: [{ path: 'v1$', times: 1, status: 500 }] }],
    ['a connection lost in discovery', { mishaps: [{ path: 'v1$', times: 1, drop: 'before' }] }],
    ['503 on the list', { mishaps: [{ path: 'pods$', times: 1, status: 503 }] }],
  ])('does not take %s for a missing type', async (_, behaviour) => {
    cluster(behaviour);
    const { exitCode } = await failure(createKubernetes().list(pods));
    expect(exitCode).toBe(75);
  });

  it('refuses a malformed selector as the API server does', async () => {
    cluster();
    const { exitCode } = await failure(createKubernetes().list({ ...pods, labelSelector: 'app in web' }));
    expect(exitCode).toBe(1);
  });
});

it('names KUBECONFIG where it cannot be read', async () => {
  vi.stubEnv('KUBECONFIG', '/nowhere/kubeconfig');
  const { exitCode, message } = await failure(createKubernetes().read(application));
  expect(exitCode).toBe(2);
  expect(message).toContain('KUBECONFIG');
});
