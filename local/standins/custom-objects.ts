import { HttpResponse, http } from 'msw';
import { failed, isAuthorized } from './kubernetes.ts';
import { selects } from './label-selector.ts';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

interface StoredObject {
  metadata: { name: string; resourceVersion: string; creationTimestamp: string; labels?: Record<string, string> };
  status?: unknown;
  [field: string]: unknown;
}

/**
 * The objects of one custom resource type of an API server, by name: a create keeps no status where the type has it as a
 * subresource, and a write of an older resourceVersion is refused.
 * Wire format: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 * @param type group/version/plural, such as aftersync.dev/v1alpha1/deploymentalerts
 */
export function createCustomObjectsStandIn(
  type: string,
  state: Map<string, StoredObject> = new Map(),
  behaviour: Behaviour = {},
): StandIn & { state: Map<string, StoredObject> } {
  const received: Received[] = [];
  const [group = '', version = '', plural = ''] = type.split('/');
  let resourceVersion = 0;
  const answer = behaving(behaviour, received, (request, body) => {
    if (!isAuthorized(request)) return failed(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url);
    const [, name, status] = new RegExp(`/${plural}(?:/([^/]+))?(/status)?$`).exec(url.pathname) ?? [];
    if (request.method === 'GET') return name === undefined ? list(url) : get(name);
    const object: StoredObject = JSON.parse(body);
    return request.method === 'POST' ? create(object) : replace(name ?? '', status !== undefined, object);
  });
  const base = `*/apis/${group}/${version}/namespaces/:namespace/${plural}`;
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
    resourceVersion += 1;
    const creationTimestamp = object.metadata.creationTimestamp ?? '2026-11-20T10:00:00Z';
    const kept = {
      ...object,
      metadata: { ...object.metadata, creationTimestamp, resourceVersion: String(resourceVersion) },
    };
    state.set(kept.metadata.name, kept);
    return HttpResponse.json(kept);
  }
  function get(name: string): Response {
    const found = state.get(name);
    return found === undefined ? notFound(name) : HttpResponse.json(found);
  }
  function list(url: URL): Response {
    const selector = url.searchParams.get('labelSelector') ?? '';
    const items = [...state.values()].filter(({ metadata }) => selects(selector, metadata.labels ?? {}));
    return HttpResponse.json({ items });
  }
  function create({ status: _, ...object }: StoredObject): Response {
    const { name } = object.metadata;
    return state.has(name) ? failed(409, 'AlreadyExists', `${plural} "${name}" already exists`) : stored(object);
  }
  function replace(name: string, isStatus: boolean, { metadata, status }: StoredObject): Response {
    const found = state.get(name);
    if (found === undefined || !isStatus) return notFound(name);
    if (metadata.resourceVersion !== found.metadata.resourceVersion)
      return failed(409, 'Conflict', `"${name}": the object has been modified`);
    return stored({ ...found, status });
  }
  function notFound(name: string): Response {
    return failed(404, 'NotFound', `${plural} "${name}" not found`);
  }
}
