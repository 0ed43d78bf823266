import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments, stringify } from 'yaml';
import * as z from 'zod';
import { ArchiveSettings } from '../../lib/contracts/archive-settings.ts';
import { workspace } from '../support/run-step.ts';
import { get, kubectl, kubectlWith } from './cluster.ts';

const suffix = randomBytes(3).toString('hex');
export const NAMESPACE = `aftersync-e2e-archive-${suffix}`;

const Secret = z.object({ data: z.record(z.string(), z.string()) });
/** The store that Argo Workflows keeps its artifacts in: an archive may be in the same. */
const Repository = z.object({
  s3: z.object({
    endpoint: z.string(),
    bucket: z.string(),
    insecure: z.boolean().default(false),
    accessKeySecret: z.object({ name: z.string(), key: z.string() }),
    secretKeySecret: z.object({ name: z.string(), key: z.string() }),
  }),
});

export interface Installed {
  settings: ArchiveSettings;
  keys: { accessKeyId: string; secretAccessKey: string };
  /** Path of a configuration with the archive. */
  config: string;
  /** Path of a kubeconfig of the identity that archives. */
  kubeconfig: string;
}

/** A namespace with the component archive in it, as deploy/components/archive has it in Argo CD's. */
export async function install(): Promise<Installed> {
  await kubectl('apply', '-k', 'deploy/crds');
  await kubectl('apply', '-k', 'workflow-templates/archive');
  await kubectl('create', 'namespace', NAMESPACE);
  const { s3 } = await repository();
  const secrets = { ...s3.accessKeySecret, data: await dataOf(s3.accessKeySecret.name) };
  const keys = {
    accessKeyId: decoded(secrets.data, s3.accessKeySecret.key),
    secretAccessKey: decoded(await dataOf(s3.secretKeySecret.name), s3.secretKeySecret.key),
  };
  const settings = ArchiveSettings.parse({
    bucket: s3.bucket,
    prefix: `aftersync-e2e/${suffix}`,
    endpoint: `${s3.insecure ? 'http' : 'https'}://${s3.endpoint}`,
    pathStyle: true,
  });
  const text = stringify({ ...parse(readFileSync('deploy/demo/config.yaml', 'utf8')), archive: settings });
  await create({ kind: 'Secret', metadata: { name: secrets.name }, data: secrets.data });
  const stringData = { 'access-key-id': keys.accessKeyId, 'secret-access-key': keys.secretAccessKey };
  await create({ kind: 'Secret', metadata: { name: 'aftersync-archive' }, stringData });
  await create({ kind: 'ConfigMap', metadata: { name: 'aftersync-config' }, data: { 'config.yaml': text } });
  for (const path of ['deploy/base/identities/executor.yaml', 'deploy/components/archive/namespaced/identity.yaml'])
    for (const document of parseAllDocuments(readFileSync(path, 'utf8')))
      await create({ apiVersion: 'v1', ...document.toJS() });
  const files = await workspace({ 'config.yaml': text, kubeconfig: await kubeconfigOf('aftersync-archive') });
  return { settings, keys, config: files.path('config.yaml'), kubeconfig: files.path('kubeconfig') };
}

export async function uninstall(): Promise<void> {
  await kubectl('delete', '-k', 'workflow-templates/archive', '--ignore-not-found');
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
}

async function repository() {
  const { data } = await get(
    z.object({ data: z.object({ artifactRepository: z.string() }) }),
    ...['-n', 'argo', 'configmap', 'workflow-controller-configmap'],
  );
  return Repository.parse(parse(data.artifactRepository));
}

const dataOf = async (name: string) => (await get(Secret, '-n', 'argo', 'secret', name)).data;
const decoded = (data: Record<string, string>, key: string) => Buffer.from(data[key] ?? '', 'base64').toString();

function create(object: Record<string, unknown>): Promise<string> {
  const { subjects, metadata } = object;
  const bound = Array.isArray(subjects) ? subjects.map(subject => ({ ...subject, namespace: NAMESPACE })) : undefined;
  const placed = { ...Object(metadata), namespace: NAMESPACE };
  return kubectlWith(
    { apiVersion: 'v1', ...object, metadata: placed, ...(bound && { subjects: bound }) },
    ...['create', '-f', '-'],
  );
}

/** The cluster as one of our identities sees it. */
async function kubeconfigOf(serviceAccount: string): Promise<string> {
  const token = await kubectl('-n', NAMESPACE, 'create', 'token', serviceAccount);
  const { clusters } = z
    .object({ clusters: z.array(z.looseObject({ name: z.string() })).min(1) })
    .parse(JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json')));
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters,
    'current-context': serviceAccount,
    contexts: [{ name: serviceAccount, context: { cluster: clusters[0]?.name, user: serviceAccount } }],
    users: [{ name: serviceAccount, user: { token } }],
  });
}
