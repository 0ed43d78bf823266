import { type Artifactory, type FoundItem, SearchTrimmed } from '../../lib/clients/artifactory.ts';
import { RemoteFailure } from '../../lib/clients/http.ts';
import { type Clause, manifestQuery, toBatches } from './aql.ts';
import { isManifest } from './hits.ts';

/** All manifests that fit any of the clauses. A batch that Artifactory cuts short, or takes too long for, is halved. */
export async function searchManifests(
  artifactory: Artifactory,
  clauses: readonly Clause[],
  batchSize: number,
): Promise<FoundItem[]> {
  const answers = await Promise.all(toBatches(clauses, batchSize).map(batch => search(artifactory, batch)));
  return answers.flat().filter(isManifest);
}

async function search(artifactory: Artifactory, batch: readonly Clause[]): Promise<FoundItem[]> {
  try {
    return await artifactory.search(manifestQuery(batch));
  } catch (error) {
    const tooMuch = error instanceof SearchTrimmed || (error instanceof RemoteFailure && error.status === 408);
    if (!tooMuch || batch.length === 1) throw error;
    const half = Math.ceil(batch.length / 2);
    const [first, second] = [batch.slice(0, half), batch.slice(half)];
    return [...(await search(artifactory, first)), ...(await search(artifactory, second))];
  }
}
