import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { Configuration, KubeConfig, KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { badInput, ExitCode, Failure, refused, transient } from '../runtime/failure.ts';
import { ask } from './kubernetes-transport.ts';

export const TIMEOUT_MS = 15_000;
/** A connection that is not used for so long is closed, before a load balancer does. */
const IDLE_MS = 10_000;

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
 * @throws Failure 2 forbidden or no such resource type; 75 the API server does not answer, or not within the timeout
 */
export function createKubernetes({ timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {}): Kubernetes {
  let api: Promise<KubernetesObjectApi> | undefined;
  const connected = () => {
    api ??= connect(timeoutMs);
    return api;
  };
  return {
    async read({ apiVersion, kind, namespace, name }) {
      const on = `${kind} ${namespace}/${name}`;
      const client = await connected();
      try {
        return plain(await client.read({ apiVersion, kind, metadata: { namespace, name } }));
      } catch (error) {
        if (statusOf(error) === 404 && !isUnknownKind(error)) return null;
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
        return plain(itemsOf(found, `${kind} in ${namespace}`));
      } catch (error) {
        if (statusOf(error) === 404 || isUnknownKind(error)) return null;
        throw toFailure(error, `${kind} in ${namespace}`);
      }
    },
  };
}

async function connect(timeoutMs: number): Promise<KubernetesObjectApi> {
  const [{ KubernetesObjectApi }, configuration] = await Promise.all([
    import('./kubernetes-library.ts'),
    connection(timeoutMs),
  ]);
  return new KubernetesObjectApi(configuration);
}

/**
 * What every API of the client library is made with, so that no request waits for ever.
 * @param accept media type of the answers, where it is not whole objects
 * @throws Failure 2
 */
export async function connection(timeoutMs: number, accept?: string): Promise<Configuration> {
  const [{ createConfiguration, ResponseContext, ServerConfiguration, wrapHttpLibrary }, cluster] = await Promise.all([
    import('./kubernetes-library.ts'),
    loadCluster(),
  ]);
  const server = cluster.getCurrentCluster()?.server;
  if (server === undefined) throw noCluster();
  return createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    httpApi: wrapHttpLibrary({
      async send(context) {
        const { status, headers, text } = await ask(context);
        return new ResponseContext(status, headers, {
          text: async () => text,
          binary: async () => Buffer.from(text),
        });
      },
    }),
    authMethods: { default: keepingConnections(cluster) },
    promiseMiddleware: [
      {
        async pre(context) {
          context.setSignal(AbortSignal.timeout(timeoutMs));
          if (accept !== undefined) context.setHeaderParam('Accept', accept);
          return context;
        },
        post: async response => response,
      },
    ],
  });
}

/** The library makes an agent a request, and with it a TCP and a TLS connection. */
function keepingConnections(cluster: KubeConfig): NonNullable<Configuration['authMethods']['default']> {
  let kept: { made: AgentOptions; agent: HttpAgent } | null = null;
  return {
    getName: () => cluster.getName(),
    async applySecurityAuthentication(context) {
      await cluster.applySecurityAuthentication(context);
      const made = context.getAgent();
      // One that goes through a proxy is another class.
      const Kind = [HttpsAgent, HttpAgent].find(kind => kind === made?.constructor);
      if (made === undefined || Kind === undefined) return;
      // An http agent has them as well, and its type does not say so.
      const { options } = made as HttpsAgent;
      // Certificates of a credential plug-in are renewed.
      if (kept === null || !isDeepStrictEqual(kept.made, options))
        kept = { made: options, agent: new Kind({ ...options, keepAlive: true, timeout: IDLE_MS }) };
      context.setAgent(kept.agent);
    },
  };
}

/** The cluster and the credentials that KUBECONFIG or the pod's service account names. @throws Failure 2 */
async function loadCluster(): Promise<KubeConfig> {
  const { KubeConfig } = await import('./kubernetes-library.ts');
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch {
    throw noCluster();
  }
  if (isGuess(config)) throw noCluster();
  return config;
}

/** Without kubeconfig and service account the library assumes an API server on this machine. */
const isGuess = (config: KubeConfig): boolean =>
  config.getCurrentContext() === 'loaded-context' && config.getCurrentCluster()?.server === 'http://localhost:8080';

const noCluster = () =>
  badInput('No cluster', 'KUBECONFIG', 'name a kubeconfig with a current context, or give the objects as files');

/**
 * The library turns some times into Date objects; everything else here has them as text. What JSON would leave out is left
 * out. Not by recursion, because an object may be nested 10 000 levels deep.
 */
function plain<T>(value: T): T {
  const whole: { value?: unknown } = {};
  const open: [into: object, key: string | number, value: unknown][] = [[whole, 'value', value]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [into, key, inner] = next;
    const isOpen = typeof inner === 'object' && inner !== null && !(inner instanceof Date);
    const copy = isOpen ? (Array.isArray(inner) ? [] : {}) : inner instanceof Date ? inner.toJSON() : inner;
    // Also a key such as __proto__ is a field like others.
    Object.defineProperty(into, key, { value: copy, enumerable: true, writable: true, configurable: true });
    if (!isOpen) continue;
    for (const [name, one] of Object.entries(inner)) if (one !== undefined) open.push([copy as object, name, one]);
  }
  return whole.value as T;
}

const statusOf = (error: unknown): number | undefined => (error as { code?: unknown }).code as number | undefined;

/**
 * What a list holds. Without items it is no list, and not an empty one: something else answered.
 * @throws Failure 2
 */
export function itemsOf<T>(list: { items?: readonly T[] | null }, on: string): T[] {
  if (list?.items === undefined)
    throw badInput('Not a list', `${on}: the answer has no items`, 'correct the server in the kubeconfig');
  return [...(list.items ?? [])];
}

/** Discovery answered and does not know the type. A discovery that failed for another reason says nothing about it. */
function isUnknownKind(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const inDiscovery = /Failed to fetch resource metadata/.test(error.message);
  return inDiscovery ? statusOf(error) === 404 : /Unrecognized API version and kind/.test(error.message);
}

/** Not of the connection: the object is nested too deep, or the answer is not what it should be. Another try ends the same. */
const OF_THE_OBJECT = new Set(['RangeError', 'SyntaxError', 'TypeError', 'ZodError']);

/** A right that is missing: who may give rights mends it, and the step is run again. */
export class Forbidden extends Failure {
  /** Who asked, as the API server names it: `system:serviceaccount:<namespace>:<name>` in a pod. null where it did not say. */
  readonly user: string | null;

  constructor(on: string, user: string | null) {
    const remedy = 'give the service account the right to it; deploy/ lists the rights';
    super(ExitCode.input, 'Kubernetes refused', `${on} (403)`, remedy);
    this.user = user;
  }
}

/** `… is forbidden: User "system:serviceaccount:argocd:aftersync-diff-images" cannot get resource "pods" …` */
const userOf = (error: unknown): string | null =>
  error instanceof Error
    ? (/User [\\"]+([A-Za-z0-9:@._-]{1,300})[\\"]+ cannot /.exec(error.message)?.[1] ?? null)
    : null;

/** What an error of the client library means for the exit code. @param on the object it happened on */
export function toFailure(error: unknown, on: string): Failure {
  if (error instanceof Failure) return error;
  const status = statusOf(error);
  if (status === 403) return new Forbidden(on, userOf(error));
  if (status === 401)
    return badInput(
      'Kubernetes refused',
      `${on} (401)`,
      'give the service account the right to it; deploy/ lists the rights',
    );
  if (isUnknownKind(error))
    return badInput(
      'No such resource type',
      on,
      'install its custom resource definition, or correct apiVersion and kind',
    );
  if (status === 400) return refused('Kubernetes refused', `${on} (400)`, 'this is a bug, please report it');
  if (error instanceof Error && OF_THE_OBJECT.has(error.name))
    return badInput('Object cannot be read', `${on} (${error.name})`, 'look at it: kubectl get -o json');
  return transient('Kubernetes does not answer', `${on} (${status ?? 'no answer'})`, 'it is tried again');
}
