import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { ARGOCD, DEMO, hasCluster, kubectl, until } from './cluster.ts';
import { wire } from './install.ts';
import { applyWith, applyWithout } from './overlay.ts';
import { GUESTBOOK_1_0, recorded } from './recorded.ts';
import { ended, messagesOf, readWorkflow } from './workflows.ts';

const SECRET = 'aftersync-webhook-tls';
const HOST = 'aftersync-argocd';
const CERTIFICATES = 'argocd-tls-certs-cm';

/** Asks without a token. @returns status, or what stood in the way */
async function ask(protocol: 'http' | 'https', ca = ''): Promise<string> {
  const script = `
    const [protocol, ca] = process.argv.slice(1);
    const url = protocol + '://${HOST}.${ARGOCD}:12000/argocd/sync';
    const options = { method: 'POST', ...(ca && { ca, servername: '${HOST}' }) };
    const say = text => { console.log(text); process.exit(); };
    require('node:' + protocol).request(url, options, answer => say(answer.statusCode))
      .on('error', error => say(error.code)).end('{}');`;
  return (await kubectl('-n', DEMO, 'exec', 'deploy/jet', '--', 'node', '-e', script, '--', protocol, ca)).trim();
}

const answers = (protocol: 'http' | 'https', status: string, ca?: string) =>
  until(`${protocol} answers ${status}`, async () => {
    const answer = await ask(protocol, ca);
    return answer === status ? answer : Promise.reject(new Error(answer));
  });

/** A CA, and a certificate of it for the Service of the EventSource. */
async function makeCertificates() {
  const directory = mkdtempSync(join(tmpdir(), 'aftersync-tls-'));
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: directory });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '1', '-subj', '/CN=test CA');
  await openssl('req', ...key, '-keyout', 'tls.key', '-out', 'tls.csr', '-subj', `/CN=${HOST}`);
  writeFileSync(join(directory, 'san'), `subjectAltName=DNS:${HOST}`);
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'san', '-days', '1'];
  await openssl('x509', '-req', '-in', 'tls.csr', '-out', 'tls.crt', ...signed);
  return { ca: join(directory, 'ca.crt'), crt: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
}

/** Whom Argo CD believes; its controllers see a change when the kubelet has brought it, or when they start. */
async function trust(file: string | null): Promise<void> {
  const patch = ['-n', ARGOCD, 'patch', 'configmap', CERTIFICATES, '--type=merge'];
  if (file === null) await kubectl(...patch, '-p', JSON.stringify({ data: { [HOST]: null } }));
  else {
    const create = [
      'create',
      'configmap',
      CERTIFICATES,
      `--from-file=${HOST}=${file}`,
      '--dry-run=client',
      '-o',
      'json',
    ];
    writeFileSync(`${file}.json`, await kubectl(...create));
    await kubectl(...patch, `--patch-file=${file}.json`);
  }
  await kubectl('-n', ARGOCD, 'rollout', 'restart', 'deployment/argocd-notifications-controller');
  await kubectl('-n', ARGOCD, 'rollout', 'status', 'deployment/argocd-notifications-controller', '--timeout=120s');
}

describe.skipIf(!hasCluster)('the EventSource with TLS (needs KUBECONFIG, and openssl)', () => {
  const name = newName('tls');

  beforeAll(async () => {
    const { ca, crt, key } = await makeCertificates();
    await kubectl('-n', ARGOCD, 'delete', 'secret', SECRET, '--ignore-not-found');
    await kubectl('-n', ARGOCD, 'create', 'secret', 'tls', SECRET, `--cert=${crt}`, `--key=${key}`);
    await applyWith(['event-source-tls']);
    await wire('--url', `https://${HOST}:12000`);
    await trust(ca);
    await answers('https', '401', readFileSync(ca, 'utf8'));
  });
  afterAll(async () => {
    await remove(name);
    await applyWithout();
    await wire('--url', `http://${HOST}:12000`);
    await trust(null);
    await kubectl('-n', ARGOCD, 'delete', 'secret', SECRET, '--ignore-not-found');
    await answers('http', '401');
  });

  test('answers who knows its CA, and nobody in plain text', async () => {
    expect(await ask('https')).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
    expect(await ask('http')).toBe('400');
  });

  test('takes the event of Argo CD, which verifies it', async () => {
    const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    await until('the Workflow', () => readWorkflow(operation.workflow));
    expect(messagesOf(await ended(operation.workflow))).toEqual([]);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`]);
  });
});
