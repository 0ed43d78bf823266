import { createHash, randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import * as z from 'zod';
import { ARGOCD, DEMO, get, kubectl, kubectlWith, until } from './cluster.ts';

export const REGISTRY = 'artifactory.aftersync-demo.svc/demo-local';

const Application = z.object({
  metadata: z.object({ uid: z.string() }),
  status: z
    .object({
      operationState: z
        .object({ phase: z.string(), startedAt: z.string(), finishedAt: z.string().optional() })
        .optional(),
    })
    .default({}),
});

/** One sync operation as Argo CD knows it. */
export interface Operation {
  application: string;
  id: string;
  /** Name that its Workflow must have. */
  workflow: string;
  phase: string;
  startedAt: string;
  finishedAt: string;
}

/** A Deployment that Pod Security accepts. */
export const deploymentOf = (name: string, images: Record<string, string>, selector = name) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: selector } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        containers: Object.entries(images).map(([container, image]) => ({
          name: container,
          image,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        })),
      },
    },
  },
});

export const newName = (prefix: string) => `${prefix}-${randomBytes(3).toString('hex')}`;

/** Makes manifests the content of a repository of the git server. */
export async function commit(repository: string, manifests: object[]): Promise<void> {
  const text = manifests.map(manifest => stringify(manifest)).join('---\n');
  await kubectlWith(text, '-n', DEMO, 'exec', '-i', 'deploy/git', '--', '/scripts/commit.sh', repository);
}

/** An Application of its own, synced by Argo CD at each commit. @returns its first finished operation */
export async function deploy(
  application: string,
  manifests: object[],
  annotations: Record<string, string> = {},
  seconds = 300,
): Promise<Operation> {
  await commit(application, manifests);
  await kubectlWith(
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        ...{ name: application, namespace: ARGOCD, annotations },
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      },
      spec: {
        project: 'default',
        source: { repoURL: `git://git.${DEMO}.svc/${application}`, targetRevision: 'main', path: '.' },
        destination: { server: 'https://kubernetes.default.svc', namespace: DEMO },
        syncPolicy: { automated: {}, retry: { limit: 0 } },
      },
    },
    'apply',
    '-f',
    '-',
  );
  return finishedOperation(application, undefined, seconds);
}

/** Commits other manifests. @returns the operation that deployed them */
export async function redeploy(before: Operation, manifests: object[]): Promise<Operation> {
  await commit(before.application, manifests);
  await kubectl(
    '-n',
    ARGOCD,
    'annotate',
    'application',
    before.application,
    'argocd.argoproj.io/refresh=hard',
    '--overwrite',
  );
  return finishedOperation(before.application, before.id);
}

async function finishedOperation(application: string, other?: string, seconds = 300): Promise<Operation> {
  const ask = async () => {
    const { metadata, status } = await get(Application, '-n', ARGOCD, 'application', application);
    const { phase, startedAt, finishedAt } = status.operationState ?? {};
    if (phase === undefined || startedAt === undefined || finishedAt === undefined || phase === 'Running') return null;
    const id = createHash('sha256').update(`${metadata.uid}/${startedAt}`).digest('hex').slice(0, 16);
    return id === other ? null : { application, id, workflow: `${application}-${id}`, phase, startedAt, finishedAt };
  };
  return until(`Argo CD finishes a sync of ${application}`, ask, seconds);
}

export async function remove(...applications: string[]): Promise<void> {
  await kubectl('-n', ARGOCD, 'delete', 'application', ...applications, '--ignore-not-found', '--wait=false');
}
