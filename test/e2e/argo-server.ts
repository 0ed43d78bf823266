import { execa } from 'execa';
import * as z from 'zod';
import { ARGOCD, get, kubectl } from './cluster.ts';

const ARGO = 'argo';
const SERVICE = 'argo-server';

/** The API of Argo Workflows' page, which serves artifacts as the page shows them. */
export interface ArgoServer {
  /** Such as http://127.0.0.1:37383. */
  url: string;
  close: () => void;
}

/** @returns null where the cluster runs the controller only */
export async function connectArgoServer(): Promise<ArgoServer | null> {
  if ((await kubectl('-n', ARGO, 'get', 'service', SERVICE, '--ignore-not-found')) === '') return null;
  const forwarding = execa('kubectl', ['-n', ARGO, 'port-forward', `service/${SERVICE}`, ':2746'], { reject: false });
  const port = await new Promise<string>((resolve, reject) => {
    forwarding.stdout.on('data', said => {
      const found = /127\.0\.0\.1:(\d+)/.exec(String(said))?.[1];
      if (found !== undefined) resolve(found);
    });
    forwarding.then(({ stderr }) => reject(new Error(`port-forward to ${SERVICE} ended: ${stderr}`)));
  });
  return { url: `http://127.0.0.1:${port}`, close: () => forwarding.kill() };
}

const Outputs = z.object({ artifacts: z.array(z.object({ name: z.string() })).default([]) });
const Workflow = z.object({
  status: z.object({ nodes: z.record(z.string(), z.object({ displayName: z.string(), outputs: Outputs.optional() })) }),
});

/** Path under which the page of Argo Workflows asks for an artifact of a task, getArtifactDownloadUrl in its source. */
export async function artifactPath(workflow: string, task: string, artifact: string): Promise<string> {
  const { status } = await get(Workflow, '-n', ARGOCD, 'workflow', workflow);
  const [node] = Object.entries(status.nodes).find(
    ([, { displayName, outputs }]) =>
      displayName === task && outputs?.artifacts.some(({ name }) => name === artifact) === true,
  ) ?? [null];
  if (node === null) throw new Error(`${workflow} has no ${artifact} of ${task}`);
  return `/artifact-files/${ARGOCD}/workflows/${workflow}/${node}/outputs/${artifact}`;
}
