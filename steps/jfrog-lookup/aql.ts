/** Artifactory answers 400 from here on. */
export const MAX_QUERY_LENGTH = 6000;

/** One alternative of a query: all its fields must be equal. */
export type Clause = Readonly<Record<string, string>>;

/** Items that hold a manifest: of one platform, or the index of several. */
export const MANIFEST_NAMES: readonly string[] = ['manifest.json', 'list.manifest.json'];

export const byDigest = (digest: string): Clause => ({ sha256: digest.replace(/^sha256:/, '') });

/**
 * Manifests that fit any of the clauses, in Artifactory's query language. Values are JSON-encoded: none can leave its place.
 * `_uploads` holds leftovers of a push with the same digest. Non-admins must ask for repo, path and name.
 */
export function manifestQuery(clauses: readonly Clause[]): string {
  const find = { $or: clauses, name: { $match: '*manifest.json' }, path: { $nmatch: '*/_uploads*' } };
  return `items.find(${JSON.stringify(find)}).include("repo","path","name","sha256","created","modified","property")`;
}

/** Distributes clauses over as few queries as fit: at most `batchSize` in one, and its text below the limit. */
export function toBatches(clauses: readonly Clause[], batchSize: number): Clause[][] {
  const distinct = [...new Map(clauses.map(clause => [JSON.stringify(clause), clause])).values()];
  const frame = manifestQuery([]).length;
  const batches: Clause[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const clause of distinct) {
    const added = JSON.stringify(clause).length + 1;
    const last = batches.at(-1);
    if (last === undefined || last.length >= batchSize || length + added >= MAX_QUERY_LENGTH) {
      batches.push([clause]);
      length = frame + added;
    } else {
      last.push(clause);
      length += added;
    }
  }
  return batches;
}
