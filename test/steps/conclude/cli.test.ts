import { readFile } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { main } from '../../../steps/conclude/cli.ts';
import { metricFiles } from '../../support/metric-files.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const SAMPLES = 'steps/alert/samples';
const flags = ['deployment', 'artifacts', 'evidence'].map(name => `--${name}=${SAMPLES}/${name}.json`);

afterEach(() => vi.unstubAllEnvs());

it('writes the page and the alert of a run that left something missing', async () => {
  vi.stubEnv('AFTERSYNC_WORKFLOW', 'checkout-1fb25ee9debbd0f5');
  vi.stubEnv('AFTERSYNC_STATUS', 'Failed');
  const { path, json } = await workspace();
  const argv = [...flags, `--config=${SAMPLES}/config.yaml`, `--ledger=${path('ledger')}`, `--out=${path('out')}`];
  const run = await runStep(main, [...argv, `--metrics-out=${path('metrics')}`]);
  expect(run).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^alert: firing: /) });
  expect(await readFile(path('out/report.html'), 'utf8')).toContain('Not everything is recorded');
  expect(await json('out/alert.json')).toMatchObject({ name: '1fb25ee9debbd0f5', state: 'firing' });
  expect(await metricFiles(path('metrics'))).toEqual({
    environment: 'production',
    result: 'missing',
    timestamp: expect.stringMatching(/^\d{10}$/),
  });
});

it('writes the page although the alert cannot be kept', async () => {
  const { path } = await workspace({ 'ledger-alerts': 'a file where the directory would be' });
  const argv = [...flags, `--config=${SAMPLES}/config.yaml`, `--ledger=${path('ledger')}`, `--out=${path('out')}`];
  const run = await runStep(main, [...argv, `--metrics-out=${path('metrics')}`]);
  // Argo runs it again: it must not count twice.
  await expect(metricFiles(path('metrics'))).rejects.toThrow('ENOENT');
  expect(run).toMatchObject({ exitCode: 2, output: expect.stringMatching(/Alerts cannot be kept/) });
  expect(await readFile(path('out/report.html'), 'utf8')).toContain('Not everything is recorded');
});

it('keeps the alert although the page cannot be written', async () => {
  vi.stubEnv('AFTERSYNC_STATUS', 'Failed');
  const { path, json } = await workspace({ out: 'a file where the directory would be' });
  const argv = [...flags, `--config=${SAMPLES}/config.yaml`, `--ledger=${path('ledger')}`, `--out=${path('out')}`];
  const run = await runStep(main, argv);
  expect(run).toMatchObject({ exitCode: 2, output: expect.stringMatching(/File cannot be written/) });
  expect(await json('ledger-alerts/1fb25ee9debbd0f5.json')).toMatchObject({ state: 'firing' });
});
