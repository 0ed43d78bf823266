/** @returns NaN of nothing */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** The median of the ratios of measurements that were made in pairs: what slows the machine slows both of a pair. */
export const pairedRatio = (ours: readonly number[], reference: readonly number[]): number =>
  median(ours.map((value, index) => value / (reference[index] ?? Number.NaN)));

/** Measures each in turn, as often as asked for, after one round that does not count. */
export async function inTurn<K extends string, T>(
  rounds: number,
  measurements: Record<K, () => Promise<T>>,
): Promise<Record<K, T[]>> {
  const names = Object.keys(measurements) as K[];
  const measured = Object.fromEntries(names.map(name => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = 0; round <= rounds; round += 1)
    for (const name of names) {
      const value = await measurements[name]();
      if (round > 0) measured[name].push(value);
    }
  return measured;
}
