import { HttpResponse, http } from 'msw';
import type * as z from 'zod';
import { AqlError, evaluateAql, readable } from './artifactory-aql.ts';
import { ArtifactoryState, type StoredItem } from './artifactory-state.ts';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

/**
 * A JFrog Artifactory with one account. It evaluates the queries, and answers with the bodies and texts of the real one:
 * errors `{"errors":[{status, message}]}`, property values as arrays, the repository key in a header of the registry API.
 */
export function createArtifactoryStandIn(
  from: z.input<typeof ArtifactoryState>,
  behaviour: Behaviour = {},
): StandIn & { state: ArtifactoryState } {
  const state = ArtifactoryState.parse(from);
  const received: Received[] = [];
  const answer = behaving(behaviour, received, (request, body) => route(state, request, body));
  const handlers = [
    http.post('*/artifactory/api/search/aql', answer),
    http.get('*/artifactory/api/storage/*', answer),
    http.get('*/artifactory/api/build/*', answer),
    http.get('*/artifactory/api/repositories/*', answer),
    http.head('*/artifactory/api/docker/*', answer),
    http.get('*/artifactory/api/docker/*', answer),
  ];
  return { handlers, received, state };
}

function route(state: ArtifactoryState, request: Request, body: string): Response {
  const authorization = request.headers.get('authorization');
  if (authorization === null) return unauthorized('Authentication is required');
  if (!accepted(state, authorization)) return unauthorized('Bad credentials');
  const url = new URL(request.url);
  const [, api = '', rest = ''] = /\/artifactory\/api\/([a-z]+)\/(.*)$/.exec(url.pathname) ?? [];
  const segments = rest.split('/').map(decodeURIComponent);
  switch (api) {
    case 'search':
      return search(state, request, body);
    case 'storage':
      return storage(state, segments, url);
    case 'build':
      return build(state, segments);
    case 'repositories':
      return repository(state, segments[0] ?? '');
    default:
      return manifest(state, segments, request.method);
  }
}

function accepted({ credentials }: ArtifactoryState, authorization: string): boolean {
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  if (credentials.username !== '' && authorization === `Basic ${basic}`) return true;
  return credentials.token !== undefined && authorization === `Bearer ${credentials.token}`;
}

const error = (status: number, message: string, headers: Record<string, string> = {}) =>
  new HttpResponse(JSON.stringify({ errors: [{ status, message }] }, null, 2), {
    status,
    headers: { 'Content-Type': 'application/json;charset=ISO-8859-1', ...headers },
  });

const unauthorized = (message: string) =>
  error(401, message, { 'WWW-Authenticate': 'Basic realm="Artifactory Realm"' });

function search(state: ArtifactoryState, request: Request, query: string): Response {
  if (!request.headers.get('content-type')?.startsWith('text/plain')) return error(415, 'Unsupported Media Type');
  try {
    const rows = evaluateAql(state, query);
    const results = rows.slice(0, state.searchLimit);
    const range = { start_pos: 0, end_pos: results.length, total: results.length };
    if (rows.length === results.length) return HttpResponse.json({ results, range });
    const notification = 'AQL query reached the search hard limit, results are trimmed.';
    return HttpResponse.json({ results, range: { ...range, limit: state.searchLimit, notification } });
  } catch (reason) {
    if (reason instanceof AqlError) return error(400, reason.message);
    throw reason;
  }
}

function storage(state: ArtifactoryState, [repo = '', ...path]: string[], url: URL): Response {
  if (!readable(state, repo)) return error(403, 'Forbidden');
  const full = path.join('/');
  const here = state.items.filter(item => item.repo === repo);
  const item = here.find(candidate => placeOf(candidate) === full);
  if (item === undefined && !here.some(candidate => placeOf(candidate).startsWith(`${full}/`)))
    return error(404, 'Unable to find item');
  if (!url.searchParams.has('properties')) return HttpResponse.json({ repo, path: `/${full}`, uri: url.origin });
  const properties = Object.entries(item?.properties ?? {}).map(([key, value]) => [key, [value].flat()] as const);
  if (properties.length === 0) return error(404, 'No properties could be found.');
  return HttpResponse.json({ properties: Object.fromEntries(properties), uri: `${url.origin}${url.pathname}` });
}

const placeOf = (item: StoredItem): string => `${item.path}/${item.name}`;

function build(state: ArtifactoryState, [name, number]: string[]): Response {
  const found = state.builds.find(candidate => candidate.name === name && candidate.number === number);
  if (found !== undefined) return HttpResponse.json({ buildInfo: found });
  return error(404, `No build was found for build name: ${name} , build number: ${number} `);
}

function repository(state: ArtifactoryState, key: string): Response {
  if (state.repositoryInfo === 'forbidden') return error(403, 'Forbidden');
  const found = state.repositories.find(candidate => candidate.key === key);
  if (found === undefined) return error(400, 'Bad Request');
  return HttpResponse.json({ key, rclass: found.rclass, packageType: 'docker' });
}

/** api/docker/<repository>/v2/<image>/manifests/<tag or digest>: the registry API without a reverse proxy. */
function manifest(state: ArtifactoryState, segments: string[], method: string): Response {
  const [repo = '', version, ...rest] = segments;
  const reference = rest.at(-1) ?? '';
  const image = rest.slice(0, -2).join('/');
  if (version !== 'v2' || rest.at(-2) !== 'manifests') return unknownManifest(image);
  const known = state.repositories.find(candidate => candidate.key === repo);
  if (known?.forbidden) return registryError(403, 'DENIED', 'The client does not have permission', image);
  const members = known?.rclass === 'virtual' ? known.repositories : [repo];
  for (const member of members) {
    const item = state.items.find(
      candidate =>
        [member, `${member}-cache`].includes(candidate.repo) &&
        candidate.name.endsWith('manifest.json') &&
        candidate.path.startsWith(`${image}/`) &&
        (candidate.path === `${image}/${reference}` || `sha256:${candidate.sha256}` === reference),
    );
    if (item !== undefined) return found(state, item, method);
  }
  return unknownManifest(image);
}

function found(state: ArtifactoryState, item: StoredItem, method: string): Response {
  const digest = `sha256:${item.sha256}`;
  const content = state.manifests[digest] ?? { schemaVersion: 2, config: {}, layers: [] };
  const type = item.name === 'list.manifest.json' ? 'image.index' : 'image.manifest';
  return new HttpResponse(method === 'HEAD' ? null : JSON.stringify(content), {
    headers: {
      'Content-Type': `application/vnd.oci.${type}.v1+json`,
      'Docker-Distribution-Api-Version': 'registry/2.0',
      'Docker-Content-Digest': digest,
      'X-Artifactory-Docker-Registry': item.repo.replace(/-cache$/, ''),
      'X-Checksum-Sha256': item.sha256 ?? '',
      'X-Artifactory-Filename': item.name,
    },
  });
}

const registryError = (status: number, code: string, message: string, image: string) =>
  HttpResponse.json({ errors: [{ code, message, detail: { manifest: image } }] }, { status });
const unknownManifest = (image: string) =>
  registryError(404, 'MANIFEST_UNKNOWN', 'The named manifest is not known to the registry.', image);
