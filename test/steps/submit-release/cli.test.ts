import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deployment } from '../../../lib/contracts/deployment.ts';
import type { EvidenceReceipts } from '../../../lib/contracts/evidence-receipts.ts';
import { ReleaseReceipt } from '../../../lib/contracts/release-receipt.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import type { JetState } from '../../../local/standins/jet.ts';
import { createKubernetesStandIn, type KubernetesState, kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { main } from '../../../steps/submit-release/cli.ts';
import { aDeployment, CANARIES, configOf, ID, jetStandIn, tokenStandIn } from '../../support/evidence.ts';
import { metricFiles } from '../../support/metric-files.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const network = remotes();
beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
});
afterEach(() => vi.unstubAllEnvs());

const PRODUCTION: Partial<Deployment> = {
  production: true,
  targetEnvironment: 'prod',
  initiator: { name: 'jane.doe@example.com', kind: 'user', from: 'initiatedBy.username' },
  destination: { server: 'https://kubernetes.default.svc', name: null, namespace: 'payments', inCluster: true },
};
const WINDOW = {
  apiVersion: 'changemgmt.example.com/v1',
  kind: 'ChangeWindow',
  metadata: { name: 'chg', namespace: 'payments', uid: 'uid-chg', resourceVersion: '7' },
  spec: { snowId: 'CHG0030001', startTime: '2026-11-20T09:00:00Z', endTime: '2026-11-20T13:00:00Z' },
};
const windowOf = (metadata: Record<string, unknown>, spec: Record<string, unknown> = {}) => ({
  ...WINDOW,
  metadata: { ...WINDOW.metadata, ...metadata },
  spec: { ...WINDOW.spec, ...spec },
});

const receiptOf = (outcome: EvidenceReceipts['receipts'][number]['outcome']): EvidenceReceipts['receipts'][number] => ({
  subject: 'registry.example.com/shop/api:1.0.0',
  reference: 'registry.example.com/shop/api:1.0.0',
  outcome,
  idempotencyKey: null,
  bodySha256: null,
  attempts: 0,
  possibleDuplicate: false,
  httpStatus: null,
  responseId: null,
  detail: '',
});

interface Situation {
  deployment?: Partial<Deployment>;
  evidence?: Partial<EvidenceReceipts>;
  /** null: those of the cluster. */
  windows?: unknown[] | null;
  jet?: Record<string, unknown>;
  changeWindow?: Record<string, unknown>;
}

async function situation({ deployment, evidence, windows = [WINDOW], jet, changeWindow }: Situation = {}) {
  const place = await workspace({
    'deployment.json': aDeployment({ ...PRODUCTION, ...deployment }),
    'evidence.json': {
      schemaVersion: 'aftersync.evidence-receipts/v1',
      deploymentId: ID,
      dryRun: false,
      receipts: [receiptOf('accepted'), receiptOf('duplicate'), receiptOf('skipped')],
      ...evidence,
    },
    'config.yaml': configOf({ budgetSeconds: 1, timeoutSeconds: 1, leaseSeconds: 2, ...jet }, { changeWindow }),
    'windows.json': { kind: 'List', items: windows ?? [] },
    kubeconfig: kubeconfigFor('http://localhost:6443'),
  });
  const run = async (...flags: string[]) => {
    const inputs = ['deployment', 'evidence'].map(name => `--${name}=${place.path(`${name}.json`)}`);
    if (windows !== null) inputs.push(`--change-window=${place.path('windows.json')}`);
    const rest = [`--config=${place.path('config.yaml')}`, `--ledger=${place.path('records')}`];
    vi.stubEnv('KUBECONFIG', place.path('kubeconfig'));
    const ended = await runStep(main, [...inputs, ...rest, `--out=${place.path('release.json')}`, ...flags]);
    const written = (await place.files()).includes('release.json');
    const receipt = written ? ReleaseReceipt.parse(await place.json('release.json')) : null;
    await rm(place.path('release.json'), { force: true });
    return { ...ended, receipt };
  };
  const delivery = async () => (await openDirectoryLedger(place.path('records')).read(ID))?.deliveries[0];
  return { ...place, run, delivery };
}

function store(state: Partial<JetState> = {}, behaviour: Behaviour = {}) {
  const jet = jetStandIn(state, behaviour);
  network.use(tokenStandIn());
  network.use(jet);
  return jet;
}
const cluster = (state: KubernetesState) => network.use(createKubernetesStandIn(state));
const ofType = { apiVersion: 'changemgmt.example.com/v1', kind: 'ChangeWindow' };

describe('submit-release', () => {
  it('counts for its metrics the event that this attempt sent, and nothing where none is ever owed', async () => {
    store();
    const here = await situation();
    await here.run(`--metrics-out=${here.path('first')}`);
    expect(await metricFiles(here.path('first'))).toMatchObject({ accepted: '1', rejected: '0' });
    await here.run(`--metrics-out=${here.path('second')}`);
    expect(await metricFiles(here.path('second'))).toMatchObject({ accepted: '0', lag: '' });
    const staging = await situation({ deployment: { production: false } });
    await staging.run(`--metrics-out=${staging.path('none')}`);
    expect(await staging.files()).not.toContain('none');
  });

  it('runs its sample without sending anything', async () => {
    const { path } = await workspace();
    const samples = 'steps/submit-release/samples';
    const { exitCode, output } = await runStep(main, [
      `--deployment=${samples}/deployment.json`,
      `--evidence=${samples}/evidence.json`,
      `--change-window=${samples}/change-window.yaml`,
      `--config=${samples}/config.yaml`,
      '--dry-run',
      `--out=${path('release.json')}`,
    ]);
    expect(exitCode).toBe(0);
    expect(output).toContain('POST https://jet-proxy.example.com/api/v0.0/releases/event');
    expect(output).toContain(
      '{"Event":"CREATE","releaseID":0,"Comment":"","Approver":"jane.doe@example.com","changeRequest":"CHG0030001"}',
    );
  });

  it('sends one event, bound to the window that holds the sync', async () => {
    const jet = store();
    const here = await situation({ jet: { releaseComment: 'by Argo CD' } });
    const first = await here.run();
    expect(first.exitCode).toBe(0);
    expect(first.receipt).toMatchObject({
      outcome: 'accepted',
      changeRequest: 'CHG0030001',
      responseId: 'release-1',
      window: {
        namespace: 'payments',
        name: 'chg',
        uid: 'uid-chg',
        resourceVersion: '7',
        start: '2026-11-20T09:00:00Z',
        end: '2026-11-20T13:00:00Z',
      },
    });
    expect(jet.state.releases.map(({ body }) => body)).toEqual([
      '{"Event":"CREATE","releaseID":0,"Comment":"by Argo CD","Approver":"jane.doe@example.com","changeRequest":"CHG0030001"}',
    ]);
    expect(await here.run()).toMatchObject({ exitCode: 0, receipt: first.receipt });
    expect(jet.received).toHaveLength(1);
  });

  it('keeps to the window of the first run, also when that is gone', async () => {
    const jet = store({}, { mishaps: [{ path: 'releases', times: 99, status: 503 }] });
    const here = await situation({ jet: { budgetSeconds: 0.3 } });
    expect(await here.run()).toMatchObject({
      exitCode: 75,
      receipt: { outcome: 'pending', changeRequest: 'CHG0030001' },
    });
    expect(jet.state.releases).toHaveLength(0);
    const well = store();
    const none = await workspace({ 'none.json': { kind: 'List', items: [] } });
    const second = await here.run(`--change-window=${none.path('none.json')}`);
    expect(second).toMatchObject({ exitCode: 0, receipt: { outcome: 'accepted', window: { name: 'chg' } } });
    expect(well.state.releases).toHaveLength(1);
  });

  it.each([
    ['skipped-not-production', { deployment: { production: false, targetEnvironment: 'dev' } }, undefined],
    ['skipped-failed-sync', { deployment: { eventStatus: 'FAILED' } }, 'skipped'],
    ['skipped-nothing-deployed', { deployment: { disposition: 'skip', skipReason: 'prune-only' } }, 'skipped'],
    ['skipped-nothing-deployed', { evidence: { receipts: [] } }, 'skipped'],
  ] as const)('owes nothing: %s', async (outcome, what, state) => {
    vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', undefined);
    const here = await situation(what as Situation);
    expect(await here.run()).toMatchObject({ exitCode: 0, receipt: { outcome, window: null, idempotencyKey: null } });
    expect((await here.delivery())?.state).toBe(state);
  });

  it.each(['pending', 'rejected', 'quarantined'] as const)('waits for evidence that is %s: exit 1', async outcome => {
    const here = await situation({ evidence: { receipts: [receiptOf('accepted'), receiptOf(outcome)] } });
    const { exitCode, output, receipt } = await here.run();
    expect(exitCode).toBe(1);
    expect(output).toContain(
      `Evidence is not complete: registry.example.com/shop/api:1.0.0 is ${outcome}; run submit-evidence until it exits 0`,
    );
    expect(receipt?.outcome).toBe('pending');
  });

  it('is told when the store refuses', async () => {
    store({}, { mishaps: [{ path: 'releases', times: 1, status: 400, body: 'changeRequest is closed' }] });
    const here = await situation();
    const { exitCode, output, receipt } = await here.run();
    expect(exitCode).toBe(1);
    expect(receipt?.outcome).toBe('rejected');
    expect(output).toContain('Release event was rejected: JET answered 400: changeRequest is closed');
    expect(await here.run()).toMatchObject({ exitCode: 0, receipt: { outcome: 'accepted' } });
  });

  it('repeats with the same key after a lost answer', async () => {
    const jet = store(
      { repeatedKey: 'already-recorded' },
      { mishaps: [{ path: 'releases', times: 1, drop: 'after' }] },
    );
    expect(await (await situation()).run()).toMatchObject({ exitCode: 0, receipt: { outcome: 'duplicate' } });
    expect(jet.state.releases).toHaveLength(1);
  });
});

describe('a window that cannot be taken', () => {
  const ended = { startTime: '2026-11-19T09:00:00Z', endTime: '2026-11-19T13:00:00Z' };
  it.each([
    ['no-window', [], /none holds the start of the sync; create the ChangeWindow/],
    ['window-ended', [windowOf({}, ended)], /payments\/chg, ended 2026-11-19T13:00:00Z; extend/],
    ['several-windows', [WINDOW, windowOf({ name: 'b', uid: 'b' })], /payments\/chg, payments\/b all hold/],
    ['window-unusable', [windowOf({}, { snowId: 'later' })], /spec.snowId does not match/],
  ] as const)('%s: exit 1 with what to do, nothing sent, and then it is mended', async (outcome, windows, expected) => {
    const here = await situation({ windows: [...windows] });
    const { exitCode, output, receipt } = await here.run();
    expect(exitCode).toBe(1);
    expect(output).toMatch(expected);
    expect(receipt).toMatchObject({ outcome, window: null, changeRequest: null });
    expect(await here.delivery()).toMatchObject({ state: 'quarantined', body: null });
    store();
    const good = await workspace({ 'windows.json': WINDOW });
    expect(await here.run(`--change-window=${good.path('windows.json')}`)).toMatchObject({
      exitCode: 0,
      receipt: { outcome: 'accepted', changeRequest: 'CHG0030001' },
    });
  });
});

describe('windows of the cluster', () => {
  it('are looked for in the namespace of the Application', async () => {
    store();
    cluster({
      objects: [windowOf({ namespace: 'argocd', name: 'first' }), windowOf({ name: 'second', uid: 'second' })],
    });
    expect(await (await situation({ windows: null })).run()).toMatchObject({
      exitCode: 0,
      receipt: { window: { namespace: 'argocd', name: 'first' } },
    });
  });
  it('are then looked for where it deploys to', async () => {
    store();
    cluster({ objects: [windowOf({})] });
    expect(await (await situation({ windows: null })).run()).toMatchObject({
      exitCode: 0,
      receipt: { window: { namespace: 'payments', name: 'chg', uid: 'uid-chg', resourceVersion: '7' } },
    });
  });
  it('are not those of another cluster', async () => {
    cluster({ objects: [windowOf({})] });
    const elsewhere = { server: 'https://other', name: null, namespace: 'payments', inCluster: false };
    const here = await situation({ windows: null, deployment: { destination: elsewhere } });
    expect(await here.run()).toMatchObject({ exitCode: 1, receipt: { outcome: 'no-window' } });
  });
  it('of a type that the cluster does not know: exit 1 that says so', async () => {
    cluster({ objects: [] });
    const { exitCode, output, receipt } = await (await situation({ windows: null })).run();
    expect(exitCode).toBe(1);
    expect(receipt?.outcome).toBe('no-window');
    expect(output).toContain('the cluster has no resource type ChangeWindow (changemgmt.example.com/v1)');
  });
  it('that may not be read: exit 2, and no file', async () => {
    cluster({ objects: [], types: [ofType], forbidden: [{ kind: 'ChangeWindow', namespace: 'argocd' }] });
    const { exitCode, output, receipt } = await (await situation({ windows: null })).run();
    expect(exitCode).toBe(2);
    expect(output).toContain('ChangeWindow in argocd (403)');
    expect(receipt).toBeNull();
  });
  it.each([
    ['aftersync-submit-release', 'aftersync-submit-release-windows'],
    ['aftersync-pipeline', 'aftersync-pipeline-windows'],
  ])('that %s may not read where it deploys to: the command that mends it', async (account, binding) => {
    const user = `system:serviceaccount:argocd:${account}`;
    cluster({ objects: [], types: [ofType], forbidden: [{ kind: 'ChangeWindow', namespace: 'payments' }], user });
    const { exitCode, output } = await (await situation({ windows: null })).run();
    expect(exitCode).toBe(2);
    expect(output).toContain(
      `ChangeWindow in payments (403); kubectl -n payments create rolebinding ${binding} --clusterrole=aftersync-window-reader --serviceaccount=argocd:${account}`,
    );
  });
});

describe('bad input', () => {
  it.each([
    ['of two operations', { evidence: { deploymentId: 'aaaabbbbccccdddd' } }, [], /Artifacts of two operations/],
    ['evidence of a dry run', { evidence: { dryRun: true } }, [], /Evidence was only rehearsed/],
    ['no window file', {}, ['--change-window=none.yaml'], /--change-window=none.yaml/],
    ['no ChangeWindow', { windows: [{ kind: 'Secret', metadata: { name: 's' } }] }, [], /kind: Invalid input/],
    ['no pattern', { changeWindow: { changeRequestPattern: '(' } }, [], /changeWindow.changeRequestPattern/],
    ['no ledger', {}, ['--ledger='], /No ledger/],
  ])('%s: exit 2, no file', async (_, bad, flags, expected) => {
    const { exitCode, output, receipt } = await (await situation(bad as Situation)).run(...flags);
    expect(exitCode).toBe(2);
    expect(output).toMatch(expected);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(receipt).toBeNull();
  });
});

describe('a dry run', () => {
  it.each([
    [{}, 0, 'pending'],
    [{ evidence: { dryRun: true, receipts: [receiptOf('pending')] } }, 0, 'pending'],
    [{ windows: [] }, 1, 'no-window'],
    [{ deployment: { production: false } }, 0, 'skipped-not-production'],
  ])('touches nothing: %#', async (what, exitCode, outcome) => {
    vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', undefined);
    const here = await situation(what as Situation);
    const ended = await here.run('--dry-run');
    expect(ended).toMatchObject({ exitCode, receipt: { outcome, dryRun: true } });
    expect(ended.output.includes('POST ')).toBe(outcome === 'pending');
    expect(await here.files()).not.toContain('records');
  });
});

it('leaves no secret behind', async () => {
  const body = `token ${CANARIES.accessToken} secret ${CANARIES.clientSecret}`;
  store({}, { mishaps: [{ path: 'releases', times: 9, status: 400, body }] });
  const here = await situation();
  const { output, receipt } = await here.run();
  const left = await readdir(here.directory, { recursive: true, withFileTypes: true });
  const files = left.filter(entry => entry.isFile()).map(entry => readFile(join(entry.parentPath, entry.name), 'utf8'));
  for (const text of [output, JSON.stringify(receipt), ...(await Promise.all(files))]) {
    expect(text).not.toContain(CANARIES.clientSecret);
    expect(text).not.toContain(CANARIES.accessToken);
  }
  expect(receipt?.detail).toContain('***');
});
