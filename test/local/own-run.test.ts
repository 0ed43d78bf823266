import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { main } from '../../local/cli.ts';
import { createArtifactoryStandIn } from '../../local/standins/artifactory.ts';
import { ArtifactoryState } from '../../local/standins/artifactory-state.ts';
import { serve } from '../../local/standins/serve.ts';
import { runStep, workspace } from '../support/run-step.ts';

const SAMPLE = 'local/samples/production';
const CANARY = 'canary-5f0b7d';
const read = (file: string) => readFile(`${SAMPLE}/${file}`, 'utf8');

/** One's own files: those of the sample, with a password that must not be found again. */
async function ownFiles() {
  const state = ArtifactoryState.parse(parse(await read('standins/artifactory.yaml')));
  const credentials = { username: 'somebody', password: CANARY };
  const artifactory = await serve(createArtifactoryStandIn({ ...state, credentials }));
  const config = parse(await read('config.yaml')) as { artifactory: object };
  const [application, ...others] = parseAllDocuments(await read('cluster.yaml')).map(
    one => one.toJS() as { kind: string },
  );
  const window = others.find(({ kind }) => kind === 'ChangeWindow');
  const files = await workspace({
    'event.json': await read('event.json'),
    'application.yaml': stringify(application),
    'window.yaml': stringify(window),
    'config.yaml': stringify({
      ...config,
      artifactory: { ...config.artifactory, url: `${artifactory.url}/artifactory` },
    }),
    'regcred.json': { auths: { 'artifactory.example.com': credentials } },
  });
  return { ...files, close: artifactory.close };
}

describe('npm start on one’s own files', async () => {
  const { path, close } = await ownFiles();
  afterAll(close);

  it('shows what would be submitted, and submits nothing', { timeout: 120_000 }, async () => {
    const kubeconfig = process.env.KUBECONFIG;
    delete process.env.KUBECONFIG;
    const flags = {
      'event-file': path('event.json'),
      application: path('application.yaml'),
      config: path('config.yaml'),
      regcred: path('regcred.json'),
      'change-window': path('window.yaml'),
      dir: path('kept'),
    };
    const argv = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    const { exitCode, output } = await runStep(main, argv);
    if (kubeconfig !== undefined) process.env.KUBECONFIG = kubeconfig;
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/dry run: nothing is submitted/);
    expect(output).toMatch(/✓ submit-evidence .*dry run, nothing was sent: 3 pending, 1 skipped/);
    expect(output).toMatch(/Not submitted \(dry run\)\n/);
    expect(output).toMatch(/Next {4}npm start -- --event-file .* --submit/);
    const bodies = await readFile(path('kept/runs/checkout-4dddb32594f7f796/submit-evidence/main.log'), 'utf8');
    expect(bodies).toContain('"deployTool":"ArgoCD"');
    expect(await readFile(path('kept/runs/checkout-4dddb32594f7f796/submit-release/main.log'), 'utf8')).toContain(
      'CHG0031877',
    );
    expect(output).not.toContain(CANARY);
  });

  it('leaves no secret behind', async () => {
    const left = await readdir(path('kept'), { recursive: true, withFileTypes: true });
    // Links stay where they point to.
    const files = left.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) expect(await readFile(file, 'utf8'), file).not.toContain(CANARY);
  });
});
