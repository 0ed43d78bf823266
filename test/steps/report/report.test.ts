import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../steps/report/cli.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { SAMPLE } from '../../support/sample-run.ts';

const RUNS = 'test/fixtures/runs';
const flags = (directory: string) =>
  ['deployment', 'image-diff', 'artifacts', 'evidence', 'release'].map(name => `--${name}=${directory}/${name}.json`);

afterEach(() => vi.unstubAllEnvs());

async function reportOf(directory: string) {
  const { path } = await workspace();
  const run = await runStep(main, [...flags(directory), `--out=${path('report.html')}`]);
  expect(run).toEqual({ exitCode: 0, output: '' });
  return readFile(path('report.html'), 'utf8');
}

async function reportOfSituation(name: string) {
  const environment: Record<string, string> = JSON.parse(await readFile(`${RUNS}/${name}/environment.json`, 'utf8'));
  for (const [key, value] of Object.entries(environment)) vi.stubEnv(key, value);
  return reportOf(`${RUNS}/${name}`);
}

const withChangeRequestUrl = (url: string) => `schemaVersion: aftersync.config/v1
environments: { default: production }
jet: { url: https://jet.example.com, token: { url: https://login.example.com/token, resource: jet } }
changeWindow: { changeRequestUrl: '${url}' }
`;

/** What a reader sees, tags gone. */
const textOf = (page: string) =>
  page
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<wbr>|<\/?(?:b|code|span)\b[^>]*>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('report', () => {
  it('shows the sample as it is kept', async () => {
    vi.stubEnv('AFTERSYNC_WORKFLOW', 'checkout-1fb25ee9debbd0f5');
    vi.stubEnv('AFTERSYNC_STATUS', 'Succeeded');
    vi.stubEnv('AFTERSYNC_LEDGER', 'kubernetes');
    vi.stubEnv('AFTERSYNC_WORKFLOW_NAMESPACE', 'argocd');
    await expect(await reportOf(SAMPLE)).toMatchFileSnapshot('../../fixtures/report/recorded.html');
  });

  it.each([
    [
      'incomplete',
      [
        'Not everything is recorded',
        '2 of 3 artifacts are recorded. 1 record may be in the store twice. The release event is missing.',
        'registry.example.com/retail/checkout-web:5.3.1 held back, metadata is missing',
        'Set the property jetId on docker-prod-local/retail/checkout-web/5.3.1/manifest.json',
        'argo retry checkout-1fb25ee9debbd0f5',
        'jetId missing nothing gave it',
        'label org.opencontainers.image.revision of the image config',
        'CronJob checkout/checkout-reconcile No Job has run since the sync',
        'Attempts that failed before one succeeded',
      ],
    ],
    [
      'failed-sync',
      [
        'Everything is recorded',
        'recorded as FAILED',
        'denied the request: &lt;none&gt; &amp; limits',
        'failed sync, none is owed',
      ],
    ],
    [
      'fetch-failed',
      [
        'checkout-9d0c1f27a4b3e865',
        'The sync could not be read, this run recorded nothing',
        'connect ECONNREFUSED',
        '4 attempts',
      ],
    ],
    ['nothing-deployed', ['Nothing to record', 'The sync was a dry run of Argo CD', 'evidence.automatedInitiator']],
  ])('shows the run %s', async (situation, texts) => {
    const text = textOf(await reportOfSituation(situation));
    for (const expected of texts) expect(text).toContain(expected);
  });

  it('puts what is missing before everything else', async () => {
    const sections = [...(await reportOfSituation('incomplete')).matchAll(/<section id="([\w-]+)"/g)].map(
      match => match[1],
    );
    expect(sections).toEqual([
      'missing',
      'deployed',
      'images',
      'artifacts',
      'recorded',
      'record',
      'not-looked-at',
      'repeated',
    ]);
  });

  it('leads to the Application, to each artifact and to the change request', async () => {
    const { path } = await workspace({
      'config.yaml': withChangeRequestUrl('https://snow.example.com/chg?number={number}'),
    });
    vi.stubEnv('AFTERSYNC_CONFIG', path('config.yaml'));
    const page = await reportOf(SAMPLE);
    const links = [...page.matchAll(/<a class="[^"]*" href="([^"]*)" rel="noopener noreferrer" target="_top"/g)];
    expect(links.map(([, to]) => to)).toEqual(
      expect.arrayContaining([
        'https://argocd.example.com/applications/argocd/checkout',
        'https://artifactory.example.com/artifactory/docker-prod-local/retail/checkout-api/',
        'https://artifactory.example.com/artifactory/docker-prod-local/retail/checkout-worker/',
        'https://snow.example.com/chg?number=CHG0042317',
      ]),
    );
    // Argo's content policy refuses a new window, so such a link would be dead.
    expect(page).not.toContain('_blank');
  });

  it.each([
    ['is not there', null],
    ['is none', 'schemaVersion: aftersync.config/v0'],
  ])('is written where the configuration %s', async (_, config) => {
    const { path } = await workspace(config === null ? {} : { 'config.yaml': config });
    vi.stubEnv('AFTERSYNC_CONFIG', path('config.yaml'));
    expect(textOf(await reportOf(SAMPLE))).toContain('Change request CHG0042317');
  });

  it('says how the record is opened, and where a Workflow is retried', async () => {
    vi.stubEnv('AFTERSYNC_LEDGER', 'kubernetes');
    vi.stubEnv('AFTERSYNC_WORKFLOW_NAMESPACE', 'argocd');
    const text = textOf(await reportOfSituation('incomplete'));
    expect(text).toContain('kubectl -n argocd get deploymentrecord 1fb25ee9debbd0f5 -o yaml');
    expect(text).toContain('AFTERSYNC_NAMESPACE=argocd aftersync explain 1fb25ee9debbd0f5 --ledger kubernetes');
    expect(text).toContain('argo -n argocd retry checkout-1fb25ee9debbd0f5');
  });

  it('does not say that there is a record where no step wrote one', async () => {
    const { path } = await workspace();
    await runStep(main, [`--deployment=${SAMPLE}/deployment.json`, `--out=${path('report.html')}`]);
    expect(textOf(await readFile(path('report.html'), 'utf8'))).toContain(
      'DeploymentRecord 1fb25ee9debbd0f5, written when evidence is submitted.',
    );
  });

  it('is written without any artifact', async () => {
    const { path } = await workspace();
    expect(await runStep(main, [`--out=${path('report.html')}`])).toEqual({ exitCode: 0, output: '' });
    expect(await readFile(path('report.html'), 'utf8')).toContain('A sync that could not be read');
  });

  it.each([
    ['is not JSON', '{"schemaVersion": '],
    ['breaks its contract', { schemaVersion: 'aftersync.evidence-receipts/v9' }],
  ])('shows an artifact that %s as unreadable', async (_, content) => {
    const { path } = await workspace({ 'evidence.json': content });
    const run = await runStep(main, [
      ...flags(SAMPLE),
      `--evidence=${path('evidence.json')}`,
      `--out=${path('report.html')}`,
    ]);
    expect(run).toEqual({ exitCode: 0, output: '' });
    expect(textOf(await readFile(path('report.html'), 'utf8'))).toContain('evidence.json cannot be read');
  });

  it.each([
    ['.', 'EISDIR'],
    ['file/deployment.json', 'ENOTDIR'],
  ])('shows %s in place of an artifact as unreadable', async (name, code) => {
    const { path } = await workspace({ file: 'not a directory' });
    await runStep(main, [`--deployment=${path(name)}`, `--out=${path('report.html')}`]);
    expect(await readFile(path('report.html'), 'utf8')).toContain(code);
  });

  it('exits 2 where the page cannot be written', async () => {
    const { path } = await workspace({ file: 'not a directory' });
    const { exitCode, output } = await runStep(main, [`--out=${path('file')}/report.html`]);
    expect(exitCode).toBe(2);
    expect(output).toContain('report: File cannot be written: --out=');
  });
});
