import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { ARGOCD, get, kubectl } from './cluster.ts';

const ACCOUNT = 'aftersync';
const MAY_READ = [
  `p, role:${ACCOUNT}, applications, get, */*, allow`,
  `p, role:${ACCOUNT}, projects, get, *, allow`,
  `g, ${ACCOUNT}, role:${ACCOUNT}`,
];

const Data = z.object({ data: z.record(z.string(), z.string()).default({}) });
const set = (kind: string, name: string, data: Record<string, string | null>) =>
  kubectl('-n', ARGOCD, 'patch', kind, name, '--type=merge', '-p', JSON.stringify({ data }));

/** The binary that images and accounts are made with, null where there is none. */
export async function argocdBinary(): Promise<string | null> {
  if (process.env.AFTERSYNC_ARGOCD) return process.env.AFTERSYNC_ARGOCD;
  const { stdout, exitCode } = await execa('which', ['argocd'], { reject: false });
  return exitCode === 0 ? stdout : null;
}

/** An account that may get Applications and their projects, as docs/operate.md makes it. @returns its token */
export async function createAccount(argocd: string): Promise<string> {
  await set('configmap', 'argocd-cm', { [`accounts.${ACCOUNT}`]: 'apiKey' });
  await set('configmap', 'argocd-rbac-cm', { [`policy.${ACCOUNT}.csv`]: `${MAY_READ.join('\n')}\n` });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'aftersync-e2e-')), 'kubeconfig');
  writeFileSync(kubeconfig, await kubectl('config', 'view', '--minify', '--raw'), { mode: 0o600 });
  const env = { KUBECONFIG: kubeconfig };
  await execa('kubectl', ['config', 'set-context', '--current', `--namespace=${ARGOCD}`], { env });
  const { stdout } = await execa(argocd, ['account', 'generate-token', '--account', ACCOUNT, '--core'], { env });
  return stdout.trim();
}

export async function deleteAccount(): Promise<void> {
  await set('configmap', 'argocd-cm', { [`accounts.${ACCOUNT}`]: null });
  await set('configmap', 'argocd-rbac-cm', { [`policy.${ACCOUNT}.csv`]: null });
  await set('secret', 'argocd-secret', { [`accounts.${ACCOUNT}.tokens`]: null });
  await kubectl('-n', ARGOCD, 'delete', 'secret', 'argocd-token', '--ignore-not-found');
}

/** What diff-images presents to Argo CD, and whom it believes to be Argo CD. */
export async function giveToken(files: { token: string; 'ca.crt'?: string }): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'aftersync-e2e-'));
  const flags = Object.entries(files).map(([name, content]) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return `--from-file=${join(directory, name)}`;
  });
  await kubectl('-n', ARGOCD, 'delete', 'secret', 'argocd-token', '--ignore-not-found');
  await kubectl('-n', ARGOCD, 'create', 'secret', 'generic', 'argocd-token', ...flags);
}

/** Lets Argo CD's API answer with TLS, where it does not. @returns its certificate, and how it goes back to what it was */
export async function withTls(): Promise<{ certificate: string; restore(): Promise<void> }> {
  const { data } = await get(Data, '-n', ARGOCD, 'configmap', 'argocd-cmd-params-cm');
  const insecure = data['server.insecure'] ?? null;
  if (insecure === 'true') await serve({ 'server.insecure': null });
  const secret = await get(Data, '-n', ARGOCD, 'secret', 'argocd-secret');
  return {
    certificate: Buffer.from(secret.data['tls.crt'] ?? '', 'base64').toString(),
    restore: async () => {
      if (insecure === 'true') await serve({ 'server.insecure': insecure });
    },
  };
}

async function serve(parameters: Record<string, string | null>): Promise<void> {
  await set('configmap', 'argocd-cmd-params-cm', parameters);
  await kubectl('-n', ARGOCD, 'rollout', 'restart', 'deployment/argocd-server');
  await kubectl('-n', ARGOCD, 'rollout', 'status', 'deployment/argocd-server', '--timeout=120s');
}
