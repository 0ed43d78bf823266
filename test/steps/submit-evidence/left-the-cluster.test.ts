import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../../../steps/submit-evidence/cli.ts';
import { aDeployment, anArtifact, artifactSetOf, CANARIES, configOf, ID } from '../../support/evidence.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';

// Neither store nor token endpoint is declared: nothing may be sent.
remotes();
beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
});
afterEach(() => vi.unstubAllEnvs());

it.each([
  ['archive', { bucket: 'records' }],
  ['retention', { days: 30 }],
])('with %s, does not record anew what is so old that its record may have left', async (key, settings) => {
  const { operation } = aDeployment();
  const files = await workspace({
    'deployment.json': aDeployment({ operation: { ...operation, startedAt: '2026-01-01T10:00:00Z' } }),
    'artifacts.json': artifactSetOf([anArtifact('api')]),
    'config.yaml': configOf({}, { [key]: settings }),
  });
  const flags = ['deployment', 'artifacts'].map(name => `--${name}=${files.path(`${name}.json`)}`);
  const rest = [`--config=${files.path('config.yaml')}`, `--ledger=${files.path('records')}`];
  const { exitCode, output } = await runStep(main, [...flags, ...rest, `--out=${files.path('evidence.json')}`]);
  expect([exitCode, output]).toEqual([
    1,
    expect.stringMatching(
      `Record has left the cluster: ${ID} of 2026-01-01T10:00:00Z; aftersync records show ${ID} --archive`,
    ),
  ]);
  expect(await files.files()).not.toContain('evidence.json');
});
