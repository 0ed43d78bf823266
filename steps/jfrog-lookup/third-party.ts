import type { Artifactory } from '../../lib/clients/artifactory.ts';
import { isContradicted } from '../../lib/contracts/image-diff.ts';
import { type FoundImage, isAtItsPlace } from './find-images.ts';
import { digestOf, imageOf, isInCache } from './hits.ts';
import { hasJetKeys, type PropertyNames } from './property-names.ts';

/** Whose an image is, of those that were found. */
export type Owner =
  | { type: 'ours' }
  /** In nothing but remote repositories, and no copy has a JET key: pulled through from someone else's registry. */
  | { type: 'third-party'; repositories: string[] }
  /** Its bytes lie under another name than its reference says: what is known of them is of another image. */
  | { type: 'another'; places: string[] };

/** A repository that is named like a cache but is none does not count as one. */
export function createOwnerCheck(artifactory: Artifactory, names: PropertyNames) {
  const known = new Map<string, ReturnType<Artifactory['repositoryClass']>>();
  const classOf = (repo: string): ReturnType<Artifactory['repositoryClass']> => {
    const asked = known.get(repo) ?? artifactory.repositoryClass(repo);
    known.set(repo, asked);
    return asked;
  };
  // Who may not ask has to believe the name, which Artifactory gives to the cache of every remote repository.
  const isRemote = async (repo: string): Promise<boolean> => {
    if (!repo.endsWith('-cache')) return false;
    const answer = await classOf(repo.replace(/-cache$/, ''));
    return answer.state === 'forbidden' || (answer.state === 'found' && answer.value === 'remote');
  };
  const isOwn = async (repo: string): Promise<boolean> => {
    const answer = await classOf(repo);
    return answer.state === 'found' && (answer.value === 'local' || answer.value === 'federated');
  };
  const all = async (repositories: string[], test: (repo: string) => Promise<boolean>): Promise<boolean> =>
    (await Promise.all(repositories.map(test))).every(Boolean);

  return async ({ image, hits, locations, tagged }: FoundImage): Promise<Owner> => {
    const repositories = [...new Set(hits.map(({ repo }) => repo))];
    const places = [...new Set(hits.map(hit => `${hit.repo}/${imageOf(hit)}`))];
    const near = hits.filter(hit => isAtItsPlace(hit, locations));
    const isNamedOtherwise = locations.length > 0 && near.length === 0;
    const isMarked = hits.some(({ properties }) => hasJetKeys(properties, names));
    // A digest that a manifest names is what its author wants. One that a pod tells may be of another image of the same node.
    if (isNamedOtherwise && image.digestFrom === 'pod') return { type: 'another', places };
    // What is held back is so until a person looked: only the configuration says for certain that nothing is owed for it.
    if (isMarked || isContradicted(image) || !(await all(repositories, isRemote))) return { type: 'ours' };
    const nearPaths = new Set(near.map(imageOf));
    const own = locations.flatMap(({ repo, image: path }) => (repo !== null && nearPaths.has(path) ? [repo] : []));
    const isTaggedHere = tagged.some(hit => !isInCache(hit) && digestOf(hit) !== image.digest);
    const isOurs = isNamedOtherwise || isTaggedHere || !(await all(own, async repo => !(await isOwn(repo))));
    return isOurs ? { type: 'another', places } : { type: 'third-party', repositories };
  };
}
