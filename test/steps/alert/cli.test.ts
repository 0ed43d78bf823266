import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { DeploymentAlert } from '../../../lib/contracts/deployment-alert.ts';
import { createCustomObjectsStandIn } from '../../../local/standins/custom-objects.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { main } from '../../../steps/alert/cli.ts';
import { CHANNELS, SECRETS, standIn } from '../../support/alerts.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const SAMPLES = 'steps/alert/samples';
const ID = '1fb25ee9debbd0f5';
const { use } = remotes();
const config = (channels = CHANNELS) =>
  stringify({
    schemaVersion: 'aftersync.config/v1',
    environments: { default: 'staging' },
    jet: { url: 'https://jet.example.com', token: { url: 'https://idp.example.com', resource: 'jet' } },
    alerts: { workflowsUrl: 'https://argo.example.com/', channels },
  });
const left = (directory: string) =>
  ['deployment', 'image-diff', 'artifacts', 'evidence', 'release'].map(name => `--${name}=${directory}/${name}.json`);

beforeEach(async () => {
  const environment = JSON.parse(await readFile('test/fixtures/runs/incomplete/environment.json', 'utf8'));
  for (const [key, value] of Object.entries({ ...environment, ...SECRETS, AFTERSYNC_WORKFLOW_NAMESPACE: 'argocd' }))
    vi.stubEnv(key, String(value));
});
afterEach(() => vi.unstubAllEnvs());

describe('the sample', () => {
  it('fires, with no channel configured', async () => {
    const { path, json } = await workspace();
    const argv = ['deployment', 'artifacts', 'evidence'].map(name => `--${name}=${SAMPLES}/${name}.json`);
    const run = await runStep(main, [
      ...argv,
      `--config=${SAMPLES}/config.yaml`,
      `--ledger=${path('ledger')}`,
      `--out=${path('alert.json')}`,
    ]);
    expect(run).toEqual({
      exitCode: 0,
      output: expect.stringMatching(
        /^alert: firing: .*checkout-web:5\.3\.1: held back, .*; no channel is configured\n$/,
      ),
    });
    const alert = DeploymentAlert.parse(await json('alert.json'));
    expect(alert).toMatchObject({ name: ID, state: 'firing', channels: [], links: { workflow: null } });
    expect(await json(`ledger-alerts/${ID}.json`)).toEqual(alert);
  });
});

describe('alert', () => {
  it('tells every channel once, and resolves when the Retry ends well', async () => {
    const remote = standIn();
    use(remote);
    const { path, json, files } = await workspace({ 'config.yaml': config() });
    const flags = [`--config=${path('config.yaml')}`, `--ledger=${path('ledger')}`];
    const first = await runStep(main, [...left('test/fixtures/runs/incomplete'), ...flags, `--out=${path('1.json')}`]);
    const again = await runStep(main, [...left('test/fixtures/runs/incomplete'), ...flags, `--out=${path('2.json')}`]);
    expect([first.exitCode, again.exitCode]).toEqual([0, 0]);
    expect(first.output).toMatch(/routes is told; oncall is told; desk is told; chat is told; hook is told\n$/);
    expect(await json('1.json')).toMatchObject({
      links: { workflow: `https://argo.example.com/workflows/argocd/checkout-${ID}` },
    });
    expect(await json('2.json')).toEqual(await json('1.json'));

    vi.stubEnv('AFTERSYNC_STATUS', 'Succeeded');
    vi.stubEnv('AFTERSYNC_FAILURES', 'null');
    const mended = await runStep(main, [...left('steps/report/samples'), ...flags, `--out=${path('3.json')}`]);
    expect(mended.output).toMatch(/^alert: resolved: checkout-\w+ ended, and nothing is missing; routes is told/);
    expect(await json('3.json')).toMatchObject({ state: 'resolved' });
    const key = `aftersync/${ID}`;
    expect(remote.state.timeline.map(line => line.replace(/:.*registry.*/, ': …')).sort()).toEqual([
      `alertmanager: ${key} firing`,
      `alertmanager: ${key} resolved`,
      `pagerduty: ${key} resolve`,
      `pagerduty: ${key} trigger`,
      `servicenow: ${key} INC0000001 opened`,
      `servicenow: ${key} INC0000001 resolved`,
      expect.stringContaining('slack: '),
      expect.stringContaining('slack: '),
      `webhook: ${ID} firing`,
      `webhook: ${ID} resolved`,
    ]);
    expect(await files()).toContain('ledger-alerts');
  });

  it('tells nobody in a dry run, and keeps nothing', async () => {
    const { path, files } = await workspace({ 'config.yaml': config() });
    const flags = [`--config=${path('config.yaml')}`, `--ledger=${path('ledger')}`, `--out=${path('alert.json')}`];
    const run = await runStep(main, [...left('test/fixtures/runs/incomplete'), ...flags, '--dry-run']);
    expect(run).toEqual({
      exitCode: 0,
      output: expect.stringMatching(
        /^alert: dry run, nobody is told: .*checkout-web:5\.3\.1: held back.*argo -n argocd retry/,
      ),
    });
    expect(await files()).toEqual(['config.yaml']);
  });

  it('says nothing of a run that left nothing missing', async () => {
    vi.stubEnv('AFTERSYNC_STATUS', 'Succeeded');
    vi.stubEnv('AFTERSYNC_FAILURES', 'null');
    const { path, files } = await workspace({ 'config.yaml': config() });
    const flags = [`--config=${path('config.yaml')}`, `--ledger=${path('ledger')}`, `--out=${path('alert.json')}`];
    const run = await runStep(main, [...left('steps/report/samples'), ...flags]);
    expect(run).toEqual({ exitCode: 0, output: 'alert: nothing is missing\n' });
    expect(await files()).toEqual(['config.yaml']);
  });

  it('exits 0 where channels fail, and says which', async () => {
    use(standIn({ mishaps: [{ path: 'pagerduty', times: 99, status: 500 }] }));
    vi.stubEnv('AFTERSYNC_ALERT_DESK', '');
    const { path, json } = await workspace({ 'config.yaml': config() });
    const flags = [`--config=${path('config.yaml')}`, `--ledger=${path('ledger')}`, `--out=${path('alert.json')}`];
    const run = await runStep(main, [...left('test/fixtures/runs/incomplete'), ...flags]);
    expect(run.exitCode).toBe(0);
    expect(run.output).toMatch(
      /routes is told; chat is told; hook is told; oncall FAILED: .* 500.*; desk FAILED: .* 401/,
    );
    expect(run.output).not.toMatch(/slack-secret|receivers-token|r0utingkey/);
    expect(JSON.stringify(await json('alert.json'))).not.toMatch(/slack-secret|receivers-token|r0utingkey/);
  });

  it('tells the channels of a configuration that cannot be read otherwise', async () => {
    const remote = standIn();
    use(remote);
    const broken = config([...CHANNELS, { name: 'typo', type: 'slak' } as never]);
    const { path, json } = await workspace({ 'config.yaml': `${broken}evidence: {settleTimoutSeconds: 3}\n` });
    const flags = [`--config=${path('config.yaml')}`, `--ledger=${path('ledger')}`, `--out=${path('alert.json')}`];
    const run = await runStep(main, [...left('test/fixtures/runs/incomplete'), ...flags]);
    expect(run).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^alert: the channels are told: Not as documented.*settleTimoutSeconds/),
    });
    expect(remote.state).toMatchObject({ slack: { length: 1 }, webhook: { length: 1 } });
    expect(await json('alert.json')).toMatchObject({ channels: CHANNELS.map(({ name }) => ({ name, state: 'sent' })) });
  });

  it('is kept where the configuration cannot be read', async () => {
    const { path, json } = await workspace({ 'config.yaml': 'nonsense: true' });
    const flags = [`--config=${path('config.yaml')}`, `--ledger=${path('ledger')}`, `--out=${path('alert.json')}`];
    const run = await runStep(main, [...left('test/fixtures/runs/incomplete'), ...flags]);
    expect(run).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^alert: no channel is told: Not as documented/),
    });
    expect(await json('alert.json')).toMatchObject({ state: 'firing', channels: [] });
  });

  it('exits 75 where the alert cannot be kept, so that it is tried again', async () => {
    const { path } = await workspace({ 'config.yaml': config([]), kubeconfig: kubeconfigFor('http://localhost:6443') });
    vi.stubEnv('KUBECONFIG', path('kubeconfig'));
    vi.stubEnv('AFTERSYNC_NAMESPACE', 'argocd');
    const api = 'aftersync.dev/v1alpha1/deploymentalerts';
    use(createCustomObjectsStandIn('aftersync.dev/v1alpha1/deploymentrecords'));
    use(createCustomObjectsStandIn(api, new Map(), { mishaps: [{ path: 'deploymentalerts', times: 9, status: 503 }] }));
    vi.stubEnv('AFTERSYNC_STATUS', 'Succeeded');
    vi.stubEnv('AFTERSYNC_FAILURES', 'null');
    const flags = [`--config=${path('config.yaml')}`, '--ledger=kubernetes', `--out=${path('alert.json')}`];
    const run = await runStep(main, [...left('steps/report/samples'), ...flags]);
    expect(run).toMatchObject({ exitCode: 75, output: expect.stringMatching(/Kubernetes does not answer/) });
  });
});
