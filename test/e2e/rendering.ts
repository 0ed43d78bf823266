import { readdirSync } from 'node:fs';
import { execa } from 'execa';
import { ARGOCD, DEMO, kubectl } from './cluster.ts';
import { applyWith, applyWithout } from './overlay.ts';

const IDENTITY = 'aftersync-argocd-diff';

/** Builds the image with argocd and loads it into the nodes, where a command for that is named. */
export async function loadRenderingImage(argocd: string): Promise<void> {
  const load = process.env.AFTERSYNC_E2E_LOAD;
  if (load === undefined) return;
  const directory = '.aftersync/e2e-argocd-diff';
  await execa('images/build', ['--argocd-diff', argocd, directory]);
  const archive = readdirSync(directory).find(name => /^aftersync-argocd-diff.*\.tar$/.test(name));
  await execa(load, ['load', `${directory}/${archive}`]);
}

/** The identity of diff-images with argocd reads the workloads of the demo, as step 5 of the installation says. */
export async function letRender(): Promise<void> {
  const may = ['--clusterrole=aftersync-workload-reader', `--serviceaccount=${ARGOCD}:${IDENTITY}`];
  await letRenderNoLonger();
  await kubectl('-n', DEMO, 'create', 'rolebinding', IDENTITY, ...may);
}

export const letRenderNoLonger = () => kubectl('-n', DEMO, 'delete', 'rolebinding', IDENTITY, '--ignore-not-found');

/** What only the history of an Application still knows is rendered again; everything else is as it was. */
export async function renderHistory(argocd: string): Promise<void> {
  await loadRenderingImage(argocd);
  await letRender();
  await applyWith(['argocd-diff/core']);
}

export async function renderNoHistory(): Promise<void> {
  await applyWithout();
  await letRenderNoLonger();
}
