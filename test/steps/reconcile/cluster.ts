import { HttpResponse, http } from 'msw';
import { RECORD_COLUMNS } from '../../../deploy/deployment-record-crd.ts';
import { failed, isAuthorized } from '../../../local/standins/kubernetes.ts';
import { selects } from '../../../local/standins/label-selector.ts';
import { type Behaviour, behaving, type Received, type StandIn } from '../../../local/standins/stand-in.ts';
import { UID } from './situation.ts';

interface Held {
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; [field: string]: unknown };
  [field: string]: unknown;
}

export interface ClusterState {
  applications: Held[];
  events: Held[];
  workflows: Held[];
  records: Held[];
  configmaps: Held[];
  deploymentalerts: Held[];
}

const TYPES: Record<string, keyof ClusterState> = {
  'argoproj.io/applications': 'applications',
  'events.k8s.io/events': 'events',
  'argoproj.io/workflows': 'workflows',
  'aftersync.dev/deploymentrecords': 'records',
  'aftersync.dev/deploymentalerts': 'deploymentalerts',
  '/configmaps': 'configmaps',
};
const KINDS = {
  applications: 'Application',
  workflows: 'Workflow',
  deploymentrecords: 'DeploymentRecord',
  deploymentalerts: 'DeploymentAlert',
  configmaps: 'ConfigMap',
};

/** Stands for an object of so many levels, which JSON.stringify could not write. */
export const deepText = (levels: number): string => `@deep ${levels}`;

const json = (value: object): Response =>
  new HttpResponse(
    JSON.stringify(value).replace(
      /"@deep (\d+)"/g,
      (_, levels) => `${'{"a":'.repeat(Number(levels))}{}${'}'.repeat(Number(levels))}`,
    ),
    { headers: { 'Content-Type': 'application/json' } },
  );

/** The part of an API server that reconcile talks to: lists in pages, metadata alone, tables; names are kept apart. */
export function createClusterStandIn(
  over: Partial<ClusterState> = {},
  behaviour: Behaviour = {},
): StandIn & { state: ClusterState } {
  const state: ClusterState = {
    applications: [],
    events: [],
    workflows: [],
    records: [],
    configmaps: [],
    deploymentalerts: [],
    ...over,
  };
  const received: Received[] = [];
  let version = 0;
  const answer = behaving(behaviour, received, (request, body) => {
    if (!isAuthorized(request)) return failed(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url);
    const [, group = '', , plural, name, status] =
      /\/apis?(?:\/([^/]+\.[^/]+))?\/(v[^/]+)(?:\/namespaces\/[^/]+\/([^/]+)(?:\/([^/]+))?(\/status)?)?$/.exec(
        url.pathname,
      ) ?? [];
    if (plural === undefined) return discovery(url.pathname.replace(/^\/apis?\//, ''));
    const type = TYPES[`${group}/${plural}`];
    if (type === undefined) return failed(404, 'NotFound', plural);
    const items = state[type];
    if (request.method === 'POST') return create(items, JSON.parse(body));
    if (request.method === 'DELETE') return remove(items, name ?? '');
    if (request.method === 'PUT' && status) return replace(items, JSON.parse(body));
    if (name !== undefined) {
      const found = items.find(({ metadata }) => metadata.name === name);
      return found ? json(found) : failed(404, 'NotFound', name);
    }
    return list(items, url, request.headers.get('accept') ?? '');
  });
  const paths = ['*/api/v1', '*/apis/:group/:version'].flatMap(base => [
    base,
    `${base}/namespaces/:namespace/:plural`,
    `${base}/namespaces/:namespace/:plural/:name`,
    `${base}/namespaces/:namespace/:plural/:name/status`,
  ]);
  return {
    state,
    received,
    handlers: paths.flatMap(path => [
      http.get(path, answer),
      http.post(path, answer),
      http.put(path, answer),
      http.delete(path, answer),
    ]),
  };

  function create(items: Held[], object: Held): Response {
    if (items.some(({ metadata }) => metadata.name === object.metadata.name))
      return failed(409, 'AlreadyExists', object.metadata.name);
    return keep(items, object);
  }
  function keep(items: Held[], object: Held): Response {
    version += 1;
    const metadata = {
      creationTimestamp: '2026-11-20T12:00:00Z',
      uid: `uid-${version}`,
      ...object.metadata,
      resourceVersion: String(version),
    };
    const at = items.findIndex(one => one.metadata.name === metadata.name);
    const kept = { ...object, metadata };
    if (at < 0) items.push(kept);
    else items[at] = kept;
    return HttpResponse.json(kept);
  }
  function replace(items: Held[], object: Held): Response {
    const found = items.find(({ metadata }) => metadata.name === object.metadata.name);
    if (found === undefined) return failed(404, 'NotFound', object.metadata.name);
    return keep(items, { ...found, status: object.status });
  }
  function remove(items: Held[], name: string): Response {
    const at = items.findIndex(({ metadata }) => metadata.name === name);
    if (at < 0) return failed(404, 'NotFound', name);
    items.splice(at, 1);
    return HttpResponse.json({ kind: 'Status', status: 'Success' });
  }
  function list(items: Held[], url: URL, accept: string): Response {
    const query = url.searchParams;
    const reason = /reason=(\w+)/.exec(query.get('fieldSelector') ?? '')?.[1];
    const named = /metadata\.name=([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
    const selected = items
      .filter(({ metadata }) => named === undefined || metadata.name === named)
      .filter(({ metadata }) => selects(query.get('labelSelector') ?? '', metadata.labels ?? {}))
      .filter(item => reason === undefined || item.reason === reason);
    const from = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? selected.length) || selected.length;
    const page = selected.slice(from, from + limit);
    const metadata = from + limit < selected.length ? { continue: String(from + limit) } : {};
    if (accept.includes('as=Table'))
      return HttpResponse.json({
        kind: 'Table',
        metadata,
        columnDefinitions: RECORD_COLUMNS.map(name => ({ name, type: 'string' })),
        rows: page.map(({ cells }) => ({
          cells: RECORD_COLUMNS.map(name => (cells as Record<string, unknown>)[name] ?? ''),
        })),
      });
    if (accept.includes('as=PartialObjectMetadataList'))
      return HttpResponse.json({ metadata, items: page.map(item => ({ metadata: item.metadata })) });
    return json({ metadata, items: page });
  }
}

const discovery = (groupVersion: string): Response =>
  HttpResponse.json({
    kind: 'APIResourceList',
    groupVersion,
    resources: Object.entries(KINDS).map(([name, kind]) => ({
      name,
      singularName: '',
      namespaced: true,
      kind,
      verbs: [],
    })),
  });

/** A row of the table of records. */
export const record = (id: string, cells: Record<string, unknown>, spec: unknown = {}) => ({
  metadata: { name: id },
  cells: { Name: id, Runs: 1, 'App Namespace': 'argocd', 'App UID': UID, ...cells },
  spec,
});
