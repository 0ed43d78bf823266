// Runs the programs on their samples, as far as a remote that knows nothing lets them, and keeps what Node compiled for it beside
// the bundles: node code-cache.js. Only the Node that wrote it reads it, so that of the image runs this.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { load, scripts } from './aftersync.js';

const KINDS = { kind: 'Application', name: 'applications', namespaced: true, verbs: ['get', 'list'] };
const LIST = { metadata: {}, items: [], columnDefinitions: [], rows: [] };

/** A cluster without objects; whatever else it is taken for, it knows nothing. */
const remote = createServer((request, response) => {
  const isDiscovery = request.url === '/apis/argoproj.io/v1alpha1';
  const isList = request.url.includes('limit=');
  request.resume();
  response.writeHead(isDiscovery || isList ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isDiscovery ? { resources: [KINDS] } : LIST));
});

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'aftersync-code-cache-'));
  await new Promise(resolve => remote.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${remote.address().port}`;
  // SAMPLES: put here by build.js.
  for (const [path, text] of Object.entries(SAMPLES)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text.replaceAll(/https?:\/\/[a-z0-9.-]+(:\d+)?/g, url));
  }
  writeFileSync(join(directory, 'kubeconfig'), kubeconfigOf(url));
  Object.assign(process.env, {
    KUBECONFIG: join(directory, 'kubeconfig'),
    AFTERSYNC_NAMESPACE: 'argocd',
    AFTERSYNC_CONFIG: join(directory, 'jfrog-lookup/config.yaml'),
    AFTERSYNC_LEDGER: join(directory, 'ledger'),
    AFTERSYNC_JET_CLIENT_ID: 'nobody',
    AFTERSYNC_JET_CLIENT_SECRET: 'nothing',
  });
  process.argv.push('--help');
  const { programs } = load('program.js');
  const silenced = process.stderr.write;
  process.stderr.write = () => true;
  const sample = (step, ...names) => names.map(name => `--${name}=${join(directory, step, `${name}.json`)}`);
  const out = `--out=${join(directory, 'out')}`;
  for (const [step, ...argv] of [
    ['fetch-app', `--event-file=${join(directory, 'fetch-app/event.json')}`, out],
    [
      'diff-images',
      ...sample('diff-images', 'deployment'),
      `--diff=${join(directory, 'diff-images/app-diff.txt')}`,
      out,
    ],
    ['jfrog-lookup', ...sample('jfrog-lookup', 'deployment', 'image-diff', 'regcred'), out],
    ['submit-evidence', ...sample('submit-evidence', 'deployment', 'artifacts'), out],
    ['submit-release', ...sample('submit-release', 'deployment', 'evidence'), out],
    ['conclude', ...sample('report', 'deployment', 'image-diff', 'artifacts', 'evidence', 'release'), `${out}.d`],
    ['reconcile', '--dry-run', '--output=name'],
  ])
    await (await programs[step].load()).main(argv);
  process.stderr.write = silenced;
  remote.close();
  rmSync(directory, { recursive: true });
  for (const [filename, script] of scripts) writeFileSync(`${filename}.cache`, script.createCachedData());
  process.exit(0);
}

const kubeconfigOf = server =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'none' },
    contexts: [{ name: 'none', context: { cluster: 'none', user: 'none', namespace: 'argocd' } }],
    clusters: [{ name: 'none', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'none', user: { token: 'none' } }],
  });

void main();
