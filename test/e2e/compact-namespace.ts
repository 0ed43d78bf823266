import { readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { ArtifactoryState } from '../../local/standins/artifactory-state.ts';
import { DeploymentEvidence, JetState } from '../../local/standins/jet.ts';
import type { Behaviour } from '../../local/standins/stand-in.ts';
import { eventOf } from '../steps/fetch-app/event-of.ts';
import { DEMO, get, kubectl, kubectlWith } from './cluster.ts';

/** A namespace of its own, with stand-ins of its own: what the demo's pipeline does meanwhile is not touched. */
export const NAMESPACE = 'aftersync-compact';
export const REGISTRY = `artifactory.${NAMESPACE}.svc/demo-local`;

const Resource = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const Secret = z.object({ data: z.record(z.string(), z.string()) });

const here = (text: string) => text.replaceAll(DEMO, NAMESPACE);
const read = (path: string) => here(readFileSync(path, 'utf8'));
const apply = (resource: z.input<typeof Resource>) => {
  const { subjects } = resource;
  const bound = Array.isArray(subjects) ? subjects.map(subject => ({ ...subject, namespace: NAMESPACE })) : undefined;
  const metadata = { ...resource.metadata, namespace: NAMESPACE };
  return kubectlWith({ ...resource, metadata, ...(bound && { subjects: bound }) }, 'apply', '-f', '-');
};
const filesIn = (folder: string) => readdirSync(folder).map(file => `${folder}/${file}`);

export async function install(): Promise<void> {
  await kubectl('apply', '-k', 'deploy/crds');
  await kubectl('apply', '-k', 'workflow-templates');
  await kubectl('apply', '-k', 'workflow-templates/compact');
  await kubectlWith({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, 'apply', '-f', '-');
  const { data } = await get(Secret, '-n', 'argo', 'secret', 'artifact-repository');
  const v1 = (kind: string, name: string, rest: object) =>
    apply({ apiVersion: 'v1', kind, metadata: { name }, ...rest });
  await v1('Secret', 'artifact-repository', { data });
  await v1('Secret', 'jet-proxy', { stringData: { 'client-id': 'demo', 'client-secret': 'demo-9f2c61d7a4' } });
  const regcred = { '.dockerconfigjson': read('deploy/demo/regcred.json') };
  await v1('Secret', 'regcred', { type: 'kubernetes.io/dockerconfigjson', stringData: regcred });
  await v1('ConfigMap', 'aftersync-config', { data: { 'config.yaml': read('deploy/demo/config.yaml') } });
  const states = Object.fromEntries(
    ['artifactory.yaml', 'jet.yaml'].map(file => [file, read(`deploy/demo/stand-ins/${file}`)]),
  );
  await v1('ConfigMap', 'stand-ins', { data: states });
  const files = [...filesIn('deploy/base/identities'), 'deploy/demo/stand-ins/stand-ins.yaml'];
  for (const path of [...files, 'deploy/components/compact/identity/pipeline.yaml'])
    for (const document of parseAllDocuments(read(path))) {
      const resource = Resource.safeParse(document.toJS()).data;
      if (resource !== undefined && resource.kind !== 'ClusterRole') await apply(resource);
    }
  // As docs/operate.md says of each namespace that Applications deploy to.
  await apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'aftersync-pipeline-reads' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'aftersync-workload-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'aftersync-pipeline' }],
  });
  for (const name of ['jet', 'artifactory'])
    await kubectl('-n', NAMESPACE, 'rollout', 'status', `deployment/${name}`, '--timeout=120s');
}

export async function uninstall(): Promise<void> {
  await kubectl('delete', '-k', 'workflow-templates/compact', '--ignore-not-found');
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
}

/** Starts the compact pipeline for a sync that Argo CD would have finished just now. @returns the name of the Workflow */
export async function start(name: string, images: readonly string[]): Promise<string> {
  const application = parse(readFileSync('test/fixtures/applications/sync-succeeded-single-source.yaml', 'utf8'));
  application.metadata = { name, namespace: NAMESPACE };
  application.spec.destination.namespace = NAMESPACE;
  const time = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
  Object.assign(application.status, { reconciledAt: time, history: [] });
  Object.assign(application.status.operationState, { startedAt: time, finishedAt: time });
  application.status.operationState.syncResult.resources = images.map((image, index) => ({
    ...{ group: 'apps', version: 'v1', kind: 'Deployment', namespace: NAMESPACE, name: `workload-${index}` },
    ...{ status: 'Synced', images: [image] },
  }));
  await kubectlWith(application, 'apply', '-f', '-');
  const event = eventOf(await get(z.unknown(), '-n', NAMESPACE, 'application', name));
  const value = Buffer.from(JSON.stringify(event)).toString('base64');
  await kubectlWith(
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: event.name, namespace: NAMESPACE },
      spec: {
        workflowTemplateRef: { name: 'post-deployment-compact', clusterScope: true },
        arguments: { parameters: [{ name: 'event', value }] },
      },
    },
    'create',
    '-f',
    '-',
  );
  return event.name;
}

const pathOf = (remote: string) => `/api/v1/namespaces/${NAMESPACE}/services/${remote}:8080/proxy/_/${remote}`;

/** The artifacts that the JET Evidence Store recorded of an Application, in order. */
export async function recordedOf(application: string): Promise<string[]> {
  const { state } = z.object({ state: JetState }).parse(JSON.parse(await kubectl('get', '--raw', pathOf('jet'))));
  return state.deployments
    .map(({ body }) => DeploymentEvidence.parse(JSON.parse(body)))
    .filter(({ sourceUri }) => sourceUri.endsWith(`/${application}`))
    .map(({ artifactId }) => artifactId.split(':')[0] ?? '');
}

export const artifactory = (): ArtifactoryState =>
  z
    .object({ artifactory: z.object({ state: ArtifactoryState }) })
    .parse(parse(read('deploy/demo/stand-ins/artifactory.yaml'))).artifactory.state;

export const setArtifactory = (state: ArtifactoryState, behaviour: Behaviour = {}) =>
  kubectlWith({ state, behaviour }, 'replace', '--raw', pathOf('artifactory'), '-f', '-');
