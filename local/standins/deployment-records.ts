import { randomUUID } from 'node:crypto';
import { HttpResponse, http } from 'msw';
import { failed, isAuthorized } from './kubernetes.ts';
import { selects } from './label-selector.ts';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

interface StoredObject {
  metadata: { name: string; uid?: string; resourceVersion: string; labels?: Record<string, string> };
  spec?: unknown;
  status?: unknown;
  [field: string]: unknown;
}

/** The objects of one type by name, as the API server holds them. */
export type DeploymentRecordsState = Map<string, StoredObject>;

/**
 * The DeploymentRecord and DeploymentRecordPart resources of an API server: a create keeps no status, a write of the status
 * keeps nothing else, and one that names an older resourceVersion is refused. Lists are whole, or metadata alone.
 * Wire format: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function createDeploymentRecordsStandIn(
  state: DeploymentRecordsState = new Map(),
  behaviour: Behaviour = {},
  parts: DeploymentRecordsState = new Map(),
): StandIn & { state: DeploymentRecordsState; parts: DeploymentRecordsState } {
  const received: Received[] = [];
  const types = [createObjects('deploymentrecords', state), createObjects('deploymentrecordparts', parts)];
  return {
    state,
    parts,
    received,
    handlers: types.flatMap(({ plural, answer }) => {
      const base = `*/apis/aftersync.dev/v1alpha1/namespaces/:namespace/${plural}`;
      const answering = behaving(behaviour, received, answer);
      return [
        http.get(base, answering),
        http.post(base, answering),
        http.get(`${base}/:name`, answering),
        http.put(`${base}/:name/status`, answering),
      ];
    }),
  };
}

function createObjects(plural: string, state: DeploymentRecordsState) {
  let version = 0;
  return { plural, answer };

  function answer(request: Request, body: string): Response {
    if (!isAuthorized(request)) return failed(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url);
    const [, name, subresource] = new RegExp(`/${plural}(?:/([^/]+))?(?:/(status))?$`).exec(url.pathname) ?? [];
    if (request.method === 'GET' && name !== undefined) return get(name);
    if (request.method === 'GET') return list(url.searchParams.get('labelSelector') ?? '', request);
    const object: StoredObject = JSON.parse(body);
    return request.method === 'POST' ? create(object) : replace(name ?? '', subresource, object);
  }
  function stored(object: StoredObject): Response {
    version += 1;
    const { uid = randomUUID() } = object.metadata;
    const kept = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
    state.set(kept.metadata.name, kept);
    return HttpResponse.json(kept);
  }
  function get(name: string): Response {
    const found = state.get(name);
    return found === undefined ? notFound(name) : HttpResponse.json(found);
  }
  function list(selector: string, { headers }: Request): Response {
    const found = [...state.values()].filter(({ metadata }) => selects(selector, metadata.labels ?? {}));
    const isMetadataAlone = (headers.get('accept') ?? '').includes('as=PartialObjectMetadataList');
    const items = isMetadataAlone ? found.map(({ metadata }) => ({ metadata })) : found;
    return HttpResponse.json({ metadata: { resourceVersion: String(version) }, items });
  }
  function create({ status: _, ...object }: StoredObject): Response {
    const { name } = object.metadata;
    return state.has(name)
      ? failed(409, 'AlreadyExists', `${plural}.aftersync.dev "${name}" already exists`)
      : stored(object);
  }
  function replace(name: string, subresource: string | undefined, { metadata, status }: StoredObject): Response {
    const found = state.get(name);
    if (found === undefined || subresource !== 'status') return notFound(name);
    if (metadata.resourceVersion !== found.metadata.resourceVersion)
      return failed(409, 'Conflict', `Operation cannot be fulfilled on "${name}": the object has been modified`);
    return stored({ ...found, status });
  }
  function notFound(name: string): Response {
    return failed(404, 'NotFound', `${plural}.aftersync.dev "${name}" not found`);
  }
}
