import type { Budget } from '../runtime/budget.ts';
import { ExitCode, Failure } from '../runtime/failure.ts';
import {
  BuildAnswer,
  PropertiesAnswer,
  type Property,
  parseAnswer,
  RepositoryAnswer,
  SearchAnswer,
  type VersionControl,
} from './artifactory-answers.ts';
import { createHttp, type Http, pathOf } from './http.ts';
import { createPoliteHttp } from './polite-http.ts';
import { type Answered, createRegistry, type Registry, toAnswered } from './registry.ts';

/** A file in Artifactory. Its sha256 is, for a manifest, the digest of the image. */
export interface FoundItem {
  repo: string;
  path: string;
  name: string;
  sha256: string | null;
  created: string | null;
  /** A property with several values stands here several times. */
  properties: Property[];
}

export interface BuildInfo {
  vcs: VersionControl[];
  properties: Property[];
}

/** Artifactory left items out of an answer, and nothing says which. */
export class SearchTrimmed extends Failure {
  override readonly name = 'SearchTrimmed';
}

/** JFrog Artifactory, the part of its REST API that is needed to find an image and what is known of it. */
export interface Artifactory extends Registry {
  /** @param query AQL, see aql.ts of the step. @throws SearchTrimmed rather than an incomplete answer */
  search(query: string): Promise<FoundItem[]>;
  /** Properties of a file or folder; found and empty where it exists and has none. */
  properties(repository: string, path: string): Promise<Answered<Property[]>>;
  build(name: string, number: string, project: string | null): Promise<Answered<BuildInfo>>;
  /** Kind of a repository: local, remote, virtual, federated. */
  repositoryClass(key: string): Promise<Answered<string>>;
  /** The same for `images` that are read at once: none keeps what is left of the budget from the others. */
  shared(images: number): Artifactory;
}

/** However many share the budget, one request may take so long. */
const MIN_SHARE_MS = 2_000;

/** Of the largest answer, which is a search: 50 digests with all their properties are a hundredth of it. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export interface ArtifactoryOptions {
  /** REST base, such as https://artifactory.example.com/artifactory. */
  baseUrl: string;
  /** Value of the Authorization header. */
  authorization: string;
  /** Where the credentials are kept, in words: what to mend where they are not accepted. */
  credentials: string;
  timeoutSeconds: number;
  /** Requests at a time. */
  concurrency: number;
  budget: Budget;
}

export function createArtifactory(options: ArtifactoryOptions): Artifactory {
  const { baseUrl, credentials, timeoutSeconds, budget } = options;
  const authorization = async () => options.authorization;
  const polite = createPoliteHttp(
    createHttp({
      name: 'Artifactory',
      baseUrl,
      timeoutSeconds,
      budget,
      authorization,
      credentials,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    }),
    options,
  );
  return over(polite);

  function over(http: Http): Artifactory {
    const read = (path: string, query: Record<string, string>, accept: number[]) =>
      http.send({ method: 'GET', path, query, safeToRepeat: true, accept });
    return {
      ...createRegistry(http),

      shared(images) {
        const shareMs = budget.remainingMs() / Math.max(1, Math.ceil(images / options.concurrency));
        const withinMs = Math.max(MIN_SHARE_MS, shareMs);
        return over({ send: request => polite.send({ ...request, withinMs }) });
      },

      async search(query) {
        const headers = { 'Content-Type': 'text/plain' };
        const path = '/api/search/aql';
        const { text } = await http.send({ method: 'POST', path, headers, body: query, safeToRepeat: true });
        const { results, range } = parseAnswer(SearchAnswer, text, `POST ${baseUrl}${path}`);
        if (range?.notification) throw trimmed(baseUrl, range.notification);
        return results.flatMap(toItem);
      },

      async properties(repository, path) {
        const place = pathOf('api', 'storage', repository, ...path.split('/'));
        const { status, text } = await read(place, { properties: '' }, [401, 403, 404]);
        if (status === 404 && text.includes('No properties could be found')) return { state: 'found', value: [] };
        return toAnswered(status, () => parseAnswer(PropertiesAnswer, text, `GET ${baseUrl}${place}`).properties);
      },

      async build(name, number, project) {
        const place = pathOf('api', 'build', name, number);
        const { status, text } = await read(place, project === null ? {} : { project }, [401, 403, 404]);
        return toAnswered(status, () => toBuildInfo(parseAnswer(BuildAnswer, text, `GET ${baseUrl}${place}`)));
      },

      async repositoryClass(key) {
        const place = pathOf('api', 'repositories', key);
        // Reading the kind may need more rights than searching: Artifactory says so with any of these.
        const { status, text } = await read(place, {}, [400, 401, 403, 404]);
        return toAnswered(status, () => parseAnswer(RepositoryAnswer, text, `GET ${baseUrl}${place}`).rclass);
      },
    };
  }
}

const trimmed = (baseUrl: string, notification: string) =>
  new SearchTrimmed(
    ExitCode.refused,
    'Artifactory left results out',
    `${baseUrl}: ${notification}`,
    'lower artifactory.batchSize, or raise artifactory.search.userQueryLimit in Artifactory',
  );

function toItem(row: SearchAnswer['results'][number]): FoundItem[] {
  const { repo, path, name, sha256 = null, created = null, properties } = row;
  if (repo === undefined || path === undefined || name === undefined) return [];
  return [{ repo, path, name, sha256, created, properties: properties ?? [] }];
}

function toBuildInfo({ buildInfo }: BuildAnswer): BuildInfo {
  const { vcs, vcsRevision, vcsUrl, properties } = buildInfo;
  const older = vcsRevision || vcsUrl ? [{ revision: vcsRevision, url: vcsUrl }] : [];
  const texts = Object.entries(properties ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' ? [{ key, value }] : [],
  );
  return { vcs: vcs?.length ? vcs : older, properties: texts };
}
