import type { Artifactory } from '../../lib/clients/artifactory.ts';
import type { FoundImage } from './find-images.ts';
import { hasJetKeys, type PropertyNames } from './property-names.ts';

/**
 * The remote repositories that an image was found in, where it lies in nothing else and no copy has a JET key: then it was
 * pulled through from someone else's registry. A repository that is named like a cache but is none does not count.
 */
export function createRemoteCheck(artifactory: Artifactory, names: PropertyNames) {
  const known = new Map<string, Promise<boolean>>();
  const isRemote = (repo: string): Promise<boolean> => {
    const asked = known.get(repo) ?? askWhetherRemote(artifactory, repo);
    known.set(repo, asked);
    return asked;
  };
  return async ({ hits }: FoundImage): Promise<string[] | null> => {
    if (hits.length === 0 || hits.some(({ properties }) => hasJetKeys(properties, names))) return null;
    const repositories = [...new Set(hits.map(({ repo }) => repo))];
    const remote = await Promise.all(repositories.map(isRemote));
    return remote.every(Boolean) ? repositories : null;
  };
}

async function askWhetherRemote(artifactory: Artifactory, repo: string): Promise<boolean> {
  if (!repo.endsWith('-cache')) return false;
  const answer = await artifactory.repositoryClass(repo.replace(/-cache$/, ''));
  // Who may not ask has to believe the name, which Artifactory gives to the cache of every remote repository.
  return answer.state === 'forbidden' || (answer.state === 'found' && answer.value === 'remote');
}
