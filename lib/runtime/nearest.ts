/** The candidate that a person most likely meant, or null where none is near. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const [best] = candidates
    .map(candidate => ({ candidate, distance: startOf(name, candidate) ? 0 : distance(name, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate ?? null;
}

/** Whether one is the beginning of the other: timeout for timeoutSeconds. */
const startOf = (a: string, b: string): boolean =>
  Math.min(a.length, b.length) >= 4 && (b.startsWith(a) || a.startsWith(b));

/** Letters to insert, leave out or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
