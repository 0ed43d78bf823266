import type { CoreV1Api, CustomObjectsApi } from '@kubernetes/client-node';
import * as z from 'zod';
import { connection, TIMEOUT_MS, toFailure } from '../lib/clients/kubernetes.ts';
import type { RunningImage } from './checks/versions.ts';
import type { Right } from './rights.ts';

/** An object that somebody looked for. What was found is foreign: parse it. */
export type Seen = { state: 'found'; object: unknown } | { state: 'absent' } | { state: 'hidden' };

export interface Type {
  group: string;
  version: string;
  plural: string;
}

export interface PodCount {
  ready: number;
  all: number;
}

/** The questions that doctor has. Nothing that it does changes the cluster. */
export interface Cluster {
  /** @param namespace null for a type that has none. A type that is not installed is absent as well. */
  read(type: Type, namespace: string | null, name: string): Promise<Seen>;
  configMap(namespace: string, name: string): Promise<Seen>;
  secret(namespace: string, name: string): Promise<Seen>;
  /** Names; null where they may not be listed. */
  serviceAccounts(namespace: string): Promise<string[] | null>;
  /** Of all namespaces, or of one where that is all we may list; null where not even that. */
  images(namespace: string): Promise<RunningImage[] | null>;
  /** Pods by label; null where they may not be listed. */
  pods(namespace: string, labelSelector: string): Promise<PodCount | null>;
  /** Whether a service account has a right, without acting as it; null where we may not ask. */
  isAllowed(right: Right, accountNamespace: string): Promise<boolean | null>;
}

const PAGE = 500;
const Page = z.object({ metadata: z.object({ continue: z.string().nullish() }), items: z.array(z.unknown()) });
const Deployment = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string().default('default'),
        containers: z.array(z.object({ image: z.string() })),
      }),
    }),
  }),
  status: z.object({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});
const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' };
const Review = z.object({ status: z.object({ allowed: z.boolean() }) });
const REVIEW = { group: 'authorization.k8s.io', version: 'v1' };

/** The cluster of the kubeconfig. @throws Failure 2 no cluster, or who asks is not known to it; 75 it does not answer */
export function connectCluster(timeoutMs: number = TIMEOUT_MS): Cluster {
  let apis: Promise<{ custom: CustomObjectsApi; core: CoreV1Api }> | undefined;
  const call = async <T>(on: string, ask: (apis: { custom: CustomObjectsApi; core: CoreV1Api }) => Promise<T>) => {
    apis ??= connect(timeoutMs);
    const connected = await apis;
    try {
      return { state: 'found' as const, object: await ask(connected) };
    } catch (error) {
      const status = (error as { code?: unknown }).code;
      if (status === 404) return { state: 'absent' as const };
      if (status === 403) return { state: 'hidden' as const };
      throw toFailure(error, on);
    }
  };
  return {
    read: (type, namespace, name) =>
      call(`${type.plural} ${name}`, ({ custom }) =>
        namespace === null
          ? custom.getClusterCustomObject({ ...type, name })
          : custom.getNamespacedCustomObject({ ...type, namespace, name }),
      ),
    configMap: (namespace, name) =>
      call(`ConfigMap ${namespace}/${name}`, ({ core }) => core.readNamespacedConfigMap({ namespace, name })),
    secret: (namespace, name) =>
      call(`Secret ${namespace}/${name}`, ({ core }) => core.readNamespacedSecret({ namespace, name })),
    async serviceAccounts(namespace) {
      const seen = await call(`ServiceAccounts of ${namespace}`, ({ core }) =>
        core.listNamespacedServiceAccount({ namespace }),
      );
      return seen.state === 'found' ? seen.object.items.flatMap(({ metadata }) => metadata?.name ?? []) : null;
    },
    images: async namespace => (await deployments(null)) ?? deployments(namespace),
    async pods(namespace, labelSelector) {
      const seen = await call('Pods', ({ core }) => core.listNamespacedPod({ namespace, labelSelector, limit: PAGE }));
      if (seen.state !== 'found') return null;
      const { items } = seen.object;
      const isReady = ({ status }: (typeof items)[number]) =>
        (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
      return { ready: items.filter(isReady).length, all: items.length };
    },
    async isAllowed({ account, namespace, group, resource: path, verb }, accountNamespace) {
      const [resource, subresource] = path.split('/');
      const spec = {
        user: `system:serviceaccount:${accountNamespace}:${account}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${accountNamespace}`, 'system:authenticated'],
        resourceAttributes: {
          group,
          resource,
          verb,
          ...(namespace !== null && { namespace }),
          ...(subresource !== undefined && { subresource }),
        },
      };
      const apiVersion = 'authorization.k8s.io/v1';
      const seen = await call('a review of rights', ({ custom }) =>
        namespace === null
          ? custom.createClusterCustomObject({
              ...REVIEW,
              plural: 'subjectaccessreviews',
              body: { apiVersion, kind: 'SubjectAccessReview', spec },
            })
          : custom.createNamespacedCustomObject({
              ...REVIEW,
              plural: 'localsubjectaccessreviews',
              namespace,
              body: { apiVersion, kind: 'LocalSubjectAccessReview', metadata: { namespace }, spec },
            }),
      );
      return seen.state === 'found' ? Review.parse(seen.object).status.allowed : null;
    },
  };

  async function deployments(namespace: string | null): Promise<RunningImage[] | null> {
    const found: RunningImage[] = [];
    let from: string | null | undefined;
    do {
      const query = { ...DEPLOYMENTS, limit: PAGE, ...(from && { _continue: from }) };
      const seen = await call('Deployments', ({ custom }) =>
        namespace === null
          ? custom.listClusterCustomObject(query)
          : custom.listNamespacedCustomObject({ ...query, namespace }),
      );
      if (seen.state !== 'found') return null;
      const page = Page.parse(seen.object);
      found.push(...page.items.flatMap(toImages));
      from = page.metadata.continue;
    } while (from);
    return found;
  }
}

async function connect(timeoutMs: number) {
  const [{ CoreV1Api, CustomObjectsApi }, configuration] = await Promise.all([
    import('../lib/clients/kubernetes-library.ts'),
    connection(timeoutMs),
  ]);
  return { core: new CoreV1Api(configuration), custom: new CustomObjectsApi(configuration) };
}

function toImages(object: unknown): RunningImage[] {
  const deployment = Deployment.safeParse(object).data;
  if (deployment === undefined) return [];
  const { metadata, spec, status } = deployment;
  return spec.template.spec.containers.map(({ image }) => ({
    namespace: metadata.namespace,
    deployment: metadata.name,
    image,
    label: metadata.labels['app.kubernetes.io/version'] ?? null,
    ready: status.readyReplicas,
    account: spec.template.spec.serviceAccountName,
  }));
}
