import { Digest } from '../contracts/primitives.ts';
import { refused } from '../runtime/failure.ts';
import { ManifestAnswer, parseAnswer } from './artifactory-answers.ts';
import { type Http, type HttpRequest, pathOf } from './http.ts';

/** What the account may see of something. */
export type Answered<T> = { state: 'found'; value: T } | { state: 'absent' } | { state: 'forbidden' };

/** A manifest as the registry API tells it: its digest, and the physical repository that it was found in. */
export interface ManifestHead {
  digest: string | null;
  repository: string | null;
}

/** The registry API of Artifactory, without a reverse proxy: api/docker/<repository>/v2/<image>/manifests/<tag or digest>. */
export interface Registry {
  head(repository: string, image: string, reference: string): Promise<Answered<ManifestHead>>;
  /** Digests of the platform manifests of an index, attestations left out; none where it is no index. */
  platforms(repository: string, image: string, reference: string): Promise<Answered<string[]>>;
}

/** An index has a platform for each processor and system that it was built for, a dozen at most. */
const MAX_PLATFORMS = 100;

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export function createRegistry(http: Http): Registry {
  const ask = (method: 'GET' | 'HEAD', repository: string, image: string, reference: string) => {
    const request: HttpRequest = {
      method,
      path: pathOf('api', 'docker', repository, 'v2', ...image.split('/'), 'manifests', reference),
      headers: { Accept: MANIFEST_TYPES },
      safeToRepeat: true,
      accept: [400, 401, 403, 404],
    };
    return http.send(request);
  };
  return {
    async head(repository, image, reference) {
      const { status, headers } = await ask('HEAD', repository, image, reference);
      return toAnswered(status, () => ({
        digest: Digest.safeParse(headers['docker-content-digest']).data ?? null,
        repository: headers['x-artifactory-docker-registry'] ?? null,
      }));
    },
    async platforms(repository, image, reference) {
      const { status, text } = await ask('GET', repository, image, reference);
      return toAnswered(status, () => {
        const on = `manifest ${repository}/${image}@${reference}`;
        const { manifests } = parseAnswer(ManifestAnswer, text, on);
        const platforms = (manifests ?? []).filter(one => one.platform?.os !== 'unknown').map(one => one.digest);
        if (platforms.length <= MAX_PLATFORMS) return platforms;
        throw refused('Index of too many platforms', `${on}: ${platforms.length}`, `at most ${MAX_PLATFORMS} are read`);
      });
    },
  };
}

export function toAnswered<T>(status: number, value: () => T): Answered<T> {
  if (status === 401 || status === 403) return { state: 'forbidden' };
  return status >= 400 ? { state: 'absent' } : { state: 'found', value: value() };
}
