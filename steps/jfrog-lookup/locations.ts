import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import type { Access } from './access.ts';
import type { Clause } from './aql.ts';
import { credentialsFor, hostOf } from './keyring.ts';

/** Where an image may lie: a repository, and the path of the image inside it. */
export interface Location {
  /** null: the host does not tell it (a port for each repository). */
  repo: string | null;
  image: string;
}

/** How registry hosts and repositories belong together. */
export interface Hosting {
  /** Configured: registry host[:port] to repository key. */
  repositories: Readonly<Record<string, string>>;
  /** Whether images of this registry/repository lie in the Artifactory that is asked. */
  isArtifactory: (registry: string, repository: string) => boolean;
}

/**
 * Images lie in Artifactory where their registry is its host, what its credentials are for, a sub-domain of either, or, on
 * jfrog.io, <instance>-<repository>. Another instance there is somebody else's.
 */
export function createHosting(repositories: Hosting['repositories'], { baseUrl, entry }: Access): Hosting {
  const hosts = [new URL(baseUrl).hostname, hostOf(entry.key).replace(/:\d+$/, '')];
  return {
    repositories,
    isArtifactory(registry, repository) {
      const host = registry.replace(/:\d+$/, '').toLowerCase();
      if (host === 'docker.io') return false;
      if (hosts.some(known => host === known || host.endsWith(`.${known}`) || isRepositoryOf(known, host))) return true;
      return credentialsFor(`${registry}/${repository}`, [entry]).length > 0;
    },
  };
}

const isRepositoryOf = (instance: string, host: string): boolean =>
  instance.endsWith('.jfrog.io') &&
  host.endsWith('.jfrog.io') &&
  host.startsWith(instance.replace(/\.jfrog\.io$/, '-'));

/**
 * The places to look for an image without its digest, the likeliest first. Artifactory has three ways to map a host to a
 * repository: the first path segment, the first host label (on jfrog.io behind `<instance>-`), or a port.
 * @see https://jfrog.com/help/r/jfrog-artifactory-documentation/docker-repository-url-formats
 */
export function locationsOf(
  { registry, repository }: Pick<DeployedImage, 'registry' | 'repository'>,
  hosting: Hosting,
): Location[] {
  const segments = repository.split('/');
  const [first = ''] = segments;
  const rest = segments.slice(1).join('/');
  const server = hostOf(registry);
  const [, configured] = Object.entries(hosting.repositories).find(([host]) => hostOf(host) === server) ?? [];
  if (configured !== undefined) {
    const below = first === configured && rest !== '' ? [{ repo: configured, image: rest }] : [];
    return withLibrary([...below, { repo: configured, image: repository }]);
  }
  if (!hosting.isArtifactory(registry, repository)) return [];
  const byPath = rest === '' ? [] : [{ repo: first, image: rest }];
  const [host = '', port] = server.split(':');
  const label = host.split('.')[0] ?? '';
  const byHost = host.endsWith('.jfrog.io') ? label.replace(/^[^-]*-?/, '') : label;
  const repo = port === undefined ? byHost : null;
  return withLibrary([...byPath, ...(repo === '' ? [] : [{ repo, image: repository }])]);
}

/** Official images of Docker Hub are kept below `library/`. */
const withLibrary = (locations: Location[]): Location[] => [
  ...locations,
  ...locations
    .filter(({ image }) => !image.includes('/'))
    .map(({ repo, image }) => ({ repo, image: `library/${image}` })),
];

export const byTag = ({ repo, image }: Location, tag: string): Clause => ({
  ...(repo !== null && { repo }),
  path: `${image}/${tag}`,
});
