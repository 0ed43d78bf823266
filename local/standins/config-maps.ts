import { HttpResponse, http } from 'msw';
import { failed, isAuthorized } from './kubernetes.ts';
import { selects } from './label-selector.ts';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

interface ConfigMap {
  metadata: { name: string; resourceVersion?: string; creationTimestamp?: string; labels?: Record<string, string> };
  data?: Record<string, string>;
}

/**
 * The ConfigMaps of an API server, by name: read, listed by label and replaced, where nobody changed them since.
 * Wire format: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function createConfigMapsStandIn(
  objects: readonly ConfigMap[],
  behaviour: Behaviour = {},
): StandIn & { state: Map<string, ConfigMap> } {
  const received: Received[] = [];
  const state = new Map(objects.map(object => [object.metadata.name, versioned(object, '1')]));
  const answer = behaving(behaviour, received, (request, body) => {
    if (!isAuthorized(request)) return failed(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url);
    const name = /\/configmaps\/([^/]+)$/.exec(url.pathname)?.[1];
    if (name === undefined) {
      const query = url.searchParams;
      const named = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
      const selected = [...state.values()].filter(
        ({ metadata }) =>
          selects(query.get('labelSelector') ?? '', metadata.labels ?? {}) &&
          (named === undefined || metadata.name === named),
      );
      const from = Number(query.get('continue') ?? 0);
      const page = selected.slice(from, from + Number(query.get('limit') ?? selected.length));
      const isRest = from + page.length < selected.length;
      const isMetadata = request.headers.get('accept')?.includes('as=PartialObjectMetadataList') ?? false;
      return HttpResponse.json({
        apiVersion: isMetadata ? 'meta.k8s.io/v1' : 'v1',
        kind: isMetadata ? 'PartialObjectMetadataList' : 'ConfigMapList',
        metadata: isRest ? { continue: String(from + page.length) } : {},
        items: isMetadata ? page.map(({ metadata }) => ({ metadata })) : page,
      });
    }
    const found = state.get(name);
    if (found === undefined) return failed(404, 'NotFound', `configmaps "${name}" not found`);
    if (request.method === 'GET') return HttpResponse.json(found);
    const given: ConfigMap = JSON.parse(body);
    if (given.metadata.resourceVersion !== found.metadata.resourceVersion)
      return failed(409, 'Conflict', `"${name}": the object has been modified`);
    const replaced = versioned(given, String(Number(found.metadata.resourceVersion) + 1));
    state.set(name, replaced);
    return HttpResponse.json(replaced);
  });
  const base = '*/api/v1/namespaces/:namespace/configmaps';
  return {
    state,
    received,
    handlers: [http.get(base, answer), http.get(`${base}/:name`, answer), http.put(`${base}/:name`, answer)],
  };
}

const versioned = (object: ConfigMap, resourceVersion: string): ConfigMap => ({
  ...object,
  metadata: { creationTimestamp: '2026-11-20T10:00:00Z', ...object.metadata, resourceVersion },
});
