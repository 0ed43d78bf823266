import { type Artifactory, type FoundItem, SearchTrimmed } from '../../lib/clients/artifactory.ts';
import { RemoteFailure } from '../../lib/clients/http.ts';
import { ExitCode, type Failure } from '../../lib/runtime/failure.ts';
import { type Clause, manifestQuery, toBatches } from './aql.ts';
import { isManifest } from './hits.ts';

export interface Found {
  items: FoundItem[];
  /** Clauses that Artifactory does not answer, each by itself, and why. */
  unanswered: { clause: Clause; why: Failure }[];
}

/**
 * All manifests that fit any of the clauses. A batch that Artifactory cuts short, takes too long for or does not understand is
 * halved: what one clause does must not cost the others their answer.
 * @throws Failure where it is no clause's fault
 */
export async function searchManifests(
  artifactory: Artifactory,
  clauses: readonly Clause[],
  batchSize: number,
): Promise<Found> {
  const answers = await Promise.all(toBatches(clauses, batchSize).map(batch => search(artifactory, batch)));
  return {
    items: answers.flatMap(({ items }) => items).filter(isManifest),
    unanswered: answers.flatMap(({ unanswered }) => unanswered),
  };
}

async function search(artifactory: Artifactory, batch: readonly Clause[]): Promise<Found> {
  try {
    return { items: await artifactory.search(manifestQuery(batch)), unanswered: [] };
  } catch (error) {
    if (!isOfItsClauses(error)) throw error;
    const [clause, next] = batch;
    if (clause !== undefined && next === undefined) return { items: [], unanswered: [{ clause, why: error }] };
    const half = Math.ceil(batch.length / 2);
    const first = await search(artifactory, batch.slice(0, half));
    const second = await search(artifactory, batch.slice(half));
    return { items: [...first.items, ...second.items], unanswered: [...first.unanswered, ...second.unanswered] };
  }
}

/** Too much for one answer, or text that is no query. Every other failure would meet the next query as well. */
function isOfItsClauses(error: unknown): error is Failure {
  if (error instanceof SearchTrimmed) return true;
  if (!(error instanceof RemoteFailure)) return false;
  return error.status === 400 || error.status === 408 || (error.status === null && error.exitCode === ExitCode.refused);
}
