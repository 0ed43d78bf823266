/** Numbers that follow from a seed (mulberry32): the same choices for the same seed. */
export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** From 0, below the limit. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** @throws where there is nothing to choose from */
  pick<T>(from: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: probability => next() < probability,
    pick(from) {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error('nothing to choose from');
      return picked;
    },
  };
}
