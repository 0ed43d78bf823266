import { readdirSync } from 'node:fs';
import { execa } from 'execa';
import * as z from 'zod';
import { ARGOCD, DEMO, get, kubectl, kubectlWith, until } from './cluster.ts';

/**
 * Installs the demo overlay as docs/operate.md says, wires Argo CD to it, and waits until an event would be processed.
 * Where AFTERSYNC_E2E_LOAD names a command that loads image archives into the nodes, the images are built and loaded first.
 */
export async function install(): Promise<void> {
  await loadImages(process.env.AFTERSYNC_E2E_LOAD);
  await kubectl('apply', '-k', 'deploy/crds');
  await giveArtifactRepository();
  await kubectl('apply', '-k', 'deploy/demo');
  // It would start what a test waits to see lost, or left alone: the tests run it themselves.
  await kubectl('-n', ARGOCD, 'patch', 'cronworkflow', 'reconcile', '--type=merge', '-p', '{"spec":{"suspend":true}}');
  await wire();
  for (const deployment of ['jet', 'artifactory', 'receivers', 'git'])
    await kubectl('-n', DEMO, 'rollout', 'restart', `deployment/${deployment}`);
  for (const deployment of ['jet', 'artifactory', 'receivers', 'git'])
    await kubectl('-n', DEMO, 'rollout', 'status', `deployment/${deployment}`, '--timeout=120s');
  for (const label of ['eventbus-name=aftersync', 'eventsource-name=argocd', 'sensor-name=argocd-sync'])
    await until(`pods with ${label} are ready`, () =>
      kubectl('-n', ARGOCD, 'wait', 'pods', '-l', label, '--for=condition=Ready', '--timeout=5s'),
    );
}

/** Builds the images and loads them into the nodes, where a command for that is named. */
export async function loadImages(load: string | undefined): Promise<void> {
  if (load === undefined) return;
  const directory = '.aftersync/e2e-images';
  await execa('images/build', ['--demo', directory]);
  const archives = readdirSync(directory).filter(name => name.endsWith('.tar'));
  await execa(load, ['load', ...archives.map(name => `${directory}/${name}`)]);
}

const Secret = z.object({ data: z.record(z.string(), z.string()) });
const REPOSITORY = 'artifact-repository';

/** Workflows need the credentials of the artifact repository in their own namespace: the cluster's matter, not ours. */
async function giveArtifactRepository(): Promise<void> {
  const { data } = await get(Secret, '-n', 'argo', 'secret', REPOSITORY);
  const metadata = { name: REPOSITORY, namespace: ARGOCD };
  await kubectlWith({ apiVersion: 'v1', kind: 'Secret', metadata, data }, 'apply', '-f', '-');
}

/** Merges our service, trigger and template into Argo CD's. @param options of merge.ts */
export async function wire(...options: string[]): Promise<void> {
  const existing = await kubectl('-n', ARGOCD, 'get', 'configmap', 'argocd-notifications-cm', '-o', 'yaml');
  const { stdout: merged } = await execa('npx', ['tsx', 'event-sources/argocd/merge.ts', ...options], {
    input: existing,
  });
  await kubectlWith(merged, 'replace', '-f', '-');
  const token = JSON.stringify({ stringData: { 'aftersync-token': 'demo-webhook-token' } });
  await kubectl('-n', ARGOCD, 'patch', 'secret', 'argocd-notifications-secret', '--type=merge', '-p', token);
}
