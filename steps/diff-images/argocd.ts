import { fileURLToPath } from 'node:url';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { badInput, Failure } from '../../lib/runtime/failure.ts';
import type { AppDiff } from './app-diff.ts';
import { type ArgocdOptions as ProcessOptions, runArgocd } from './argocd-process.ts';
import { readCapturedDiff } from './captured-pair.ts';
import type { CustomResources } from './custom-resource.ts';
import { type Rendering, readManifests } from './manifests.ts';
import { revisionFlags } from './revision-flags.ts';

export type ArgocdOptions = Omit<ProcessOptions, 'namespace' | 'env'> & {
  env?: NodeJS.ProcessEnv;
  customResources?: CustomResources;
};

/** Newer versions switch it on by an annotation; it needs the right to patch workloads and misses changes of images. */
const NO_SERVER_SIDE_DIFF = '--server-side-diff=false';

/**
 * What the operation changed: the deployment before it, rendered, against what is live now. The revisions that were just
 * deployed would be equal to what is live. Live is the deployed side; only resources that differ are listed.
 * @throws Failure 2 where there is nothing to compare with, see also runArgocd
 */
export async function diffAgainstPrevious(deployment: Deployment, options: ArgocdOptions = {}): Promise<AppDiff> {
  if (!deployment.operation.current)
    throw badInput(
      'The live state is that of a later operation',
      nameOf(deployment),
      'use --strategy sync-result or manifests',
    );
  const flags = [...revisionFlags(deployment, 'previous'), '--refresh', '--exit-code=false'];
  const env = { ...(options.env ?? process.env), KUBECTL_EXTERNAL_DIFF: differCommand(options.customResources ?? []) };
  const run = (more: string[]) =>
    runArgocd(
      ['app', 'diff', nameOf(deployment), ...flags, ...more],
      { ...options, env, namespace: deployment.source.namespace },
      readCapturedDiff,
    );
  try {
    return await run([NO_SERVER_SIDE_DIFF]);
  } catch (error) {
    const isOld = error instanceof Failure && error.message.includes('unknown flag: --server-side-diff');
    if (!isOld) throw error;
    return run([]);
  }
}

/**
 * The images of the rendering at the revisions of this operation, or of the one before it. Values, parameters and paths
 * are those of the Application as it is now: Argo CD has no other way to render.
 */
export function manifestsOf(
  deployment: Deployment,
  which: 'this' | 'previous',
  options: ArgocdOptions = {},
): Promise<Rendering> {
  const command = ['app', 'manifests', nameOf(deployment), '--source=git', ...revisionFlags(deployment, which)];
  return runArgocd(
    command,
    { ...options, env: options.env ?? process.env, namespace: deployment.source.namespace },
    async lines => {
      const text: string[] = [];
      for await (const line of lines) text.push(line);
      return readManifests(text.join('\n'), `argocd app manifests ${nameOf(deployment)}`, options.customResources);
    },
  );
}

const nameOf = ({ source }: Deployment): string => `${source.namespace}/${source.name}`;

/** How argocd starts our external differ: beside this module, as source or as built. argocd splits it as a shell would. */
function differCommand(customResources: CustomResources): string {
  const isSource = import.meta.url.endsWith('.ts');
  const script = fileURLToPath(new URL(isSource ? './external-differ.ts' : './external-differ.js', import.meta.url));
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  const words = [process.execPath, ...loader, script, JSON.stringify(customResources)];
  return words.map(word => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
}
