import { HttpResponse, http } from 'msw';
import { failed, isAuthorized } from './kubernetes.ts';
import { selects } from './label-selector.ts';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

interface StoredObject {
  metadata: { name: string; resourceVersion: string; labels?: Record<string, string> };
  spec?: unknown;
  status?: unknown;
  [field: string]: unknown;
}

/** The records by name, as the API server holds them. */
export type DeploymentRecordsState = Map<string, StoredObject>;

/**
 * The DeploymentRecord resources of an API server: a create keeps no status, a write of the status keeps nothing else, and
 * one that names an older resourceVersion is refused.
 * Wire format: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function createDeploymentRecordsStandIn(
  state: DeploymentRecordsState = new Map(),
  behaviour: Behaviour = {},
): StandIn & { state: DeploymentRecordsState } {
  const received: Received[] = [];
  let version = 0;
  const answer = behaving(behaviour, received, (request, body) => {
    if (!isAuthorized(request)) return failed(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url);
    const [, name, subresource] = /\/deploymentrecords(?:\/([^/]+))?(?:\/(status))?$/.exec(url.pathname) ?? [];
    if (request.method === 'GET')
      return name === undefined ? list(url.searchParams.get('labelSelector') ?? '') : get(name);
    const object: StoredObject = JSON.parse(body);
    return request.method === 'POST' ? create(object) : replace(name ?? '', subresource, object);
  });
  const base = '*/apis/aftersync.dev/v1alpha1/namespaces/:namespace/deploymentrecords';
  return {
    state,
    received,
    handlers: [
      http.get(base, answer),
      http.post(base, answer),
      http.get(`${base}/:name`, answer),
      http.put(`${base}/:name/status`, answer),
    ],
  };

  function stored(object: StoredObject): Response {
    version += 1;
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    state.set(kept.metadata.name, kept);
    return HttpResponse.json(kept);
  }
  function get(name: string): Response {
    const found = state.get(name);
    return found === undefined ? notFound(name) : HttpResponse.json(found);
  }
  function list(selector: string): Response {
    const items = [...state.values()].filter(({ metadata }) => selects(selector, metadata.labels ?? {}));
    return HttpResponse.json({ kind: 'DeploymentRecordList', apiVersion: 'aftersync.dev/v1alpha1', items });
  }
  function create({ status: _, ...object }: StoredObject): Response {
    const { name } = object.metadata;
    return state.has(name)
      ? failed(409, 'AlreadyExists', `deploymentrecords.aftersync.dev "${name}" already exists`)
      : stored(object);
  }
  function replace(name: string, subresource: string | undefined, { metadata, status }: StoredObject): Response {
    const found = state.get(name);
    if (found === undefined || subresource !== 'status') return notFound(name);
    if (metadata.resourceVersion !== found.metadata.resourceVersion)
      return failed(409, 'Conflict', `Operation cannot be fulfilled on "${name}": the object has been modified`);
    return stored({ ...found, status });
  }
}

const notFound = (name: string): Response =>
  failed(404, 'NotFound', `deploymentrecords.aftersync.dev "${name}" not found`);
