import { existsSync } from 'node:fs';
import { readSecret } from '../../lib/runtime/secrets.ts';

export interface ArgocdAccess {
  /** API of the Argo CD; without it ARGOCD_SERVER, and without that the cluster itself (`--core`). */
  apiUrl?: string | undefined;
  /** Namespace of the Application. */
  namespace: string;
  env: NodeJS.ProcessEnv;
}

/**
 * How argocd reaches its Argo CD. The token travels in the environment only, and our own secrets do not reach argocd. Its
 * certificate is always verified: by the CAs of the image, and by those in the file that AFTERSYNC_ARGOCD_CA_FILE names.
 * @param directory writable, for its files
 * @throws Failure 2 where an address is given without ARGOCD_AUTH_TOKEN
 */
export function argocdEnvironment({ apiUrl, namespace, env }: ArgocdAccess, directory: string) {
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith('AFTERSYNC_') && name !== 'ARGOCD_AUTH_TOKEN_FILE',
  );
  const base = { ...Object.fromEntries(kept), TMPDIR: directory, ARGOCD_CONFIG_DIR: directory };
  const binary = env.AFTERSYNC_ARGOCD || 'argocd';
  const { address, flags } = apiUrl ? readUrl(apiUrl) : { address: env.ARGOCD_SERVER, flags: [] };
  if (!address) return { binary, flags: ['--core'], env: { ...base, ...coreEnvironment(env, namespace) } };
  const token = readSecret('ARGOCD_AUTH_TOKEN', env);
  return {
    binary,
    flags: [...flags, ...certificateFlags(env)],
    env: { ...base, ARGOCD_SERVER: address, ARGOCD_AUTH_TOKEN: token },
  };
}

/** A Secret without the certificate is mounted as no file: then the server's is one that the image trusts. */
const certificateFlags = ({ AFTERSYNC_ARGOCD_CA_FILE: file }: NodeJS.ProcessEnv): string[] =>
  file && existsSync(file) ? [`--server-crt=${file}`] : [];

function readUrl(url: string): { address: string; flags: string[] } {
  const { protocol, hostname, port, pathname } = new URL(url);
  const plain = protocol === 'http:';
  const root = pathname.replace(/\/+$/, '');
  return {
    address: `${hostname}:${port || (plain ? '80' : '443')}`,
    flags: [...(plain ? ['--plaintext'] : []), ...(root === '' ? [] : [`--grpc-web-root-path=${root}`])],
  };
}

/**
 * `--core` makes argocd ignore that it runs in the cluster and look for a kubeconfig; in a pod an empty KUBECONFIG takes
 * it back to the service account. It serves the Applications of its own namespace, which POD_NAMESPACE names.
 */
function coreEnvironment(env: NodeJS.ProcessEnv, namespace: string): NodeJS.ProcessEnv {
  const inPod = env.KUBERNETES_SERVICE_HOST !== undefined && !env.KUBECONFIG;
  return inPod ? { KUBECONFIG: '', POD_NAMESPACE: namespace } : {};
}
