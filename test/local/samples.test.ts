import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { main } from '../../local/cli.ts';
import { AlertsState } from '../../local/standins/alerts.ts';
import { JetState } from '../../local/standins/jet.ts';
import { runStep, workspace } from '../support/run-step.ts';

/** Whole runs: six processes each. */
const TIMEOUT_MS = 180_000;

const jetIdsOf = async (path: string) => {
  const state = JetState.parse(parse(await readFile(path, 'utf8')));
  return {
    deployments: state.deployments.map(({ body }) => (JSON.parse(body) as { jetId: string }).jetId),
    releases: state.releases.map(({ body }) => (JSON.parse(body) as { changeRequest: string }).changeRequest),
  };
};

const timelineOf = async (path: string) => AlertsState.parse(parse(await readFile(path, 'utf8'))).timeline;

describe('npm start', async () => {
  const { path } = await workspace();
  const dir = path('kept');
  const store = path('kept/samples/production/standins/jet.yaml');
  const report = path('kept/runs/checkout-4dddb32594f7f796/conclude/report.html');

  it('records a sync although the world is not perfect', { timeout: TIMEOUT_MS }, async () => {
    const { exitCode, output } = await runStep(main, ['--dir', dir]);
    expect(output).toMatch(/✓ fetch-app .* argocd\/checkout Succeeded in prod, chart 4\.7\.2/);
    expect(output).toMatch(/✓ jfrog-lookup .* 3 resolved, 1 third-party/);
    expect(output).toMatch(/✓ submit-evidence .* 3 accepted, 1 skipped; 1 of the requests had to be repeated/);
    expect(output).toMatch(/✓ submit-release .* CHG0031877 accepted/);
    expect(output).toMatch(/Nothing owed\n.*envoy:v1\.32\.1 {2}skipped: Not ours, no evidence is owed/);
    expect(exitCode, output).toBe(0);
    const recorded = await jetIdsOf(store);
    expect(new Set(recorded.deployments).size).toBe(3);
    expect(recorded).toMatchObject({ deployments: { length: 3 }, releases: ['CHG0031877'] });
    expect(await readFile(report, 'utf8')).toContain('CHG0031877');
  });

  it('sends nothing twice when it runs again', { timeout: TIMEOUT_MS }, async () => {
    const before = await jetIdsOf(store);
    const { exitCode, output } = await runStep(main, ['--dir', dir, '--from', 'submit-evidence']);
    expect(output).toMatch(/= jfrog-lookup +kept from an earlier run/);
    expect(exitCode, output).toBe(0);
    expect(await jetIdsOf(store)).toEqual(before);
  });
});

describe('npm start -- --sample incomplete', async () => {
  const { path } = await workspace();
  const dir = path('kept');
  const store = path('kept/samples/incomplete/standins/jet.yaml');
  const artifactory = path('kept/samples/incomplete/standins/artifactory.yaml');
  const alerts = path('kept/samples/incomplete/standins/alerts.yaml');
  const said: string[] = [];

  it('records what is complete, and says what to mend', { timeout: TIMEOUT_MS }, async () => {
    const { exitCode, output } = await runStep(main, ['--dir', dir, '--sample', 'incomplete']);
    said.push(output);
    expect(exitCode, output).toBe(1);
    expect(output).toMatch(/✗ jfrog-lookup .* 2 resolved, 1 incomplete/);
    expect(output).toMatch(/✗ submit-evidence .* 2 accepted, 1 quarantined/);
    expect(output).toMatch(/– submit-release/);
    expect(output).toMatch(/Missing\n.*ledger-export:0\.9\.0 {2}quarantined: jetId not found/);
    expect(output).toMatch(/Alert {3}firing: .*ledger-export:0\.9\.0: held back.*; routes is told; .*; hook is told\n/);
    expect(await timelineOf(alerts)).toHaveLength(5);
    expect((await jetIdsOf(store)).deployments).toHaveLength(2);
  });

  it('sends only what is missing, with the command that it named', { timeout: TIMEOUT_MS }, async () => {
    const before = await jetIdsOf(store);
    const [, jetId = ''] = /Mend {4}.*add "jetId: ([0-9A-F]{64})".*artifactory\.yaml\n/.exec(said[0] ?? '') ?? [];
    const [, command = ''] = /Next {4}npm start -- (.*)\n/.exec(said[0] ?? '') ?? [];
    const state = parse(await readFile(artifactory, 'utf8')) as { items: { path: string; properties: object }[] };
    const item = state.items.find(one => one.path.includes('ledger-export'));
    Object.assign(item?.properties ?? {}, { jetId });
    await writeFile(artifactory, stringify(state));
    const { exitCode, output } = await runStep(main, command.split(' '));
    expect(exitCode, output).toBe(0);
    expect(await jetIdsOf(store)).toEqual({ deployments: [...before.deployments, jetId], releases: ['CHG0031902'] });
    expect(output).toMatch(/Alert {3}resolved: /);
    const timeline = await timelineOf(alerts);
    expect(timeline).toHaveLength(10);
    expect(
      timeline.slice(5).every(line => /resolve/i.test(line)),
      timeline.join('\n'),
    ).toBe(true);
  });
});
