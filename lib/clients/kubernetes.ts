import type { KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { badInput, Failure, transient } from '../runtime/failure.ts';

export interface ObjectName {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

/** Reads objects of any kind. What comes back is foreign: parse it. */
export interface Kubernetes {
  /** @returns null where the object does not exist */
  read(object: ObjectName): Promise<unknown | null>;
  /** @returns null where the cluster has no such resource type, which is not the same as forbidden */
  list(of: { apiVersion: string; kind: string; namespace: string; labelSelector?: string }): Promise<unknown[] | null>;
}

/**
 * The cluster that KUBECONFIG or the pod's service account names. The client library is loaded only when it is used,
 * because it is most of a step's start-up.
 * @throws Failure 2 forbidden or no such resource type; 75 the API server does not answer
 */
export function createKubernetes(): Kubernetes {
  let api: Promise<KubernetesObjectApi> | undefined;
  const connected = () => {
    api ??= connect();
    return api;
  };
  return {
    async read({ apiVersion, kind, namespace, name }) {
      const on = `${kind} ${namespace}/${name}`;
      const client = await connected();
      try {
        return plain(await client.read({ apiVersion, kind, metadata: { namespace, name } }));
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw toFailure(error, on);
      }
    },
    async list({ apiVersion, kind, namespace, labelSelector }) {
      const client = await connected();
      try {
        const found = await client.list<KubernetesObject>(
          apiVersion,
          kind,
          namespace,
          undefined,
          undefined,
          undefined,
          undefined,
          labelSelector,
        );
        return plain(found.items);
      } catch (error) {
        if (statusOf(error) === 404 || isUnknownKind(error)) return null;
        throw toFailure(error, `${kind} in ${namespace}`);
      }
    },
  };
}

async function connect(): Promise<KubernetesObjectApi> {
  const { KubeConfig, KubernetesObjectApi } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch {
    throw badInput('No cluster', 'KUBECONFIG', 'name a kubeconfig, or give the objects as files');
  }
  return KubernetesObjectApi.makeApiClient(config);
}

/** The library turns some times into Date objects; everything else here has them as text. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const statusOf = (error: unknown): number | undefined => (error as { code?: unknown }).code as number | undefined;
const isUnknownKind = (error: unknown): boolean =>
  error instanceof Error && /Unrecognized API version and kind|Failed to fetch resource metadata/.test(error.message);

function toFailure(error: unknown, on: string): Failure {
  if (error instanceof Failure) return error;
  const status = statusOf(error);
  if (status === 401 || status === 403)
    return badInput(
      'Kubernetes refused',
      `${on} (${status})`,
      'give the service account get and list on it; deploy/ lists the rights',
    );
  if (isUnknownKind(error))
    return badInput(
      'No such resource type',
      on,
      'install its custom resource definition, or correct apiVersion and kind',
    );
  return transient('Kubernetes does not answer', `${on} (${status ?? 'no answer'})`, 'it is tried again');
}
