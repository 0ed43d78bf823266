import { HttpResponse, http } from 'msw';
import { stringify } from 'yaml';
import { selects } from './label-selector.ts';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

/** The token of the kubeconfig below; a request without it is answered 401. */
const TOKEN = 'stand-in';

/** Any object as the API server holds it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; [field: string]: unknown };
  [field: string]: unknown;
}

/** Read anew for each request: a test may change it while a step runs. */
export interface KubernetesState {
  objects: KubernetesObject[];
  /** Types that the cluster has although it holds no object of them, beside the built-in ones. */
  types?: { apiVersion: string; kind: string }[];
  /** What the caller may not read. */
  forbidden?: { kind: string; namespace: string }[];
  /** Who asks, as a refusal names it; STAND_IN_USER by default. */
  user?: string;
}

const BUILT_IN: Record<string, string[]> = {
  v1: ['ConfigMap', 'Event', 'Namespace', 'Pod', 'Secret', 'Service', 'ServiceAccount'],
  'apps/v1': ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'batch/v1': ['CronJob', 'Job'],
};
const CLUSTER_SCOPED = new Set(['Namespace']);

/**
 * A Kubernetes API server that can only be read: discovery, one object, the objects of a namespace by label.
 * Wire format: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export function createKubernetesStandIn(state: KubernetesState, behaviour: Behaviour = {}): StandIn {
  const received: Received[] = [];
  const answer = behaving(behaviour, received, request => respond(state, request));
  // Written out, because `*/api/*` would answer for other remotes as well.
  const paths = ['api/v1', 'apis/:group/:version'].flatMap(version => [
    `*/${version}`,
    `*/${version}/namespaces/:namespace/:plural`,
    `*/${version}/namespaces/:namespace/:plural/:name`,
  ]);
  return { received, handlers: paths.map(path => http.get(path, answer)) };
}

/** A kubeconfig for this stand-in under a URL such as http://localhost:6443. */
export const kubeconfigFor = (serverUrl: string, namespace = 'argocd'): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'stand-in',
    clusters: [{ name: 'stand-in', cluster: { server: serverUrl, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'stand-in', user: { token: TOKEN } }],
    contexts: [{ name: 'stand-in', context: { cluster: 'stand-in', user: 'stand-in', namespace } }],
  });

/** The name of a type in a path, as the API server derives it: changewindows, ingresses, networkpolicies. */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/(s|x|z|ch|sh)$/.test(name)) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

function respond(state: KubernetesState, request: Request): Response {
  if (!isAuthorized(request)) return failed(401, 'Unauthorized', 'Unauthorized');
  const url = new URL(request.url);
  const [, apiVersion = '', namespace = '', plural = '', name] =
    /\/apis?\/(v1|[^/]+\/[^/]+?)(?:\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?)?$/.exec(
      decodeURIComponent(url.pathname),
    ) ?? [];
  const kinds = kindsOf(state, apiVersion);
  if (kinds.length === 0) return failed(404, 'NotFound', 'the server could not find the requested resource');
  if (plural === '') return HttpResponse.json(discovery(apiVersion, kinds));
  const kind = kinds.find(candidate => pluralOf(candidate) === plural);
  if (kind === undefined) return failed(404, 'NotFound', 'the server could not find the requested resource');
  if (state.forbidden?.some(rule => rule.kind === kind && rule.namespace === namespace))
    return failed(
      403,
      'Forbidden',
      forbidden(state.user ?? STAND_IN_USER, plural, name === undefined ? 'list' : 'get', namespace),
    );
  const there = state.objects.filter(
    object => object.apiVersion === apiVersion && object.kind === kind && object.metadata.namespace === namespace,
  );
  return name === undefined
    ? listOf(apiVersion, kind, there, url.searchParams.get('labelSelector') ?? '')
    : one(plural, name, there);
}

/** Who asks, as a refusal names it. */
export const STAND_IN_USER = 'system:serviceaccount:argocd:aftersync-diff-images';

const forbidden = (user: string, plural: string, verb: string, namespace: string): string =>
  `${plural} is forbidden: User "${user}" cannot ${verb} resource "${plural}" in API group "" in the namespace "${namespace}"`;

function kindsOf(state: KubernetesState, apiVersion: string): string[] {
  const known = [...(state.types ?? []), ...state.objects].filter(type => type.apiVersion === apiVersion);
  return [...new Set([...(BUILT_IN[apiVersion] ?? []), ...known.map(type => type.kind)])];
}

const discovery = (groupVersion: string, kinds: string[]) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: kinds.map(kind => ({
    name: pluralOf(kind),
    singularName: kind.toLowerCase(),
    namespaced: !CLUSTER_SCOPED.has(kind),
    kind,
    verbs: ['get', 'list', 'watch'],
  })),
});

function one(plural: string, name: string, objects: KubernetesObject[]): Response {
  const found = objects.find(object => object.metadata.name === name);
  return found === undefined
    ? failed(404, 'NotFound', `${plural} "${name}" not found`)
    : HttpResponse.json(found as object);
}

function listOf(apiVersion: string, kind: string, objects: KubernetesObject[], selector: string): Response {
  let items: object[];
  try {
    items = objects.filter(object => selects(selector, object.metadata.labels ?? {}));
  } catch (error) {
    return failed(400, 'BadRequest', (error as Error).message);
  }
  // The items of a built-in type come without apiVersion and kind, those of a custom resource with them.
  if (BUILT_IN[apiVersion] !== undefined)
    items = items.map(item => ({ ...item, apiVersion: undefined, kind: undefined }));
  return HttpResponse.json({ apiVersion, kind: `${kind}List`, metadata: { resourceVersion: '1' }, items });
}

export const isAuthorized = (request: Request): boolean => request.headers.get('authorization') === `Bearer ${TOKEN}`;

export const failed = (code: number, reason: string, message: string): Response =>
  HttpResponse.json(
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code },
    { status: code },
  );
