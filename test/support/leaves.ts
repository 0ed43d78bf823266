/** A value at the end of a path through objects and lists, and another one of its kind. */
export interface Leaf {
  /** `deliveries[0].body`. */
  path: string;
  keys: (string | number)[];
  other: unknown;
}

/** Every leaf of a document; an empty list is one as well. */
export function leavesOf(value: unknown, keys: (string | number)[] = []): Leaf[] {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, part]) =>
      leavesOf(part, [...keys, Array.isArray(value) ? Number(key) : key]),
    );
  const path = keys.reduce<string>(
    (text, key) => text + (typeof key === 'number' ? `[${key}]` : `${text && '.'}${key}`),
    '',
  );
  return [{ path, keys, other: otherThan(value) }];
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'string') return /^\d{4}-/.test(value) ? `1999${value.slice(4)}` : `${value}x`;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return value === null ? 'x' : ['x'];
}

/** The document with another value at a leaf. */
export function withLeaf<T>(document: T, { keys, other }: Leaf): T {
  const copy = structuredClone(document);
  let place = copy as Record<string | number, unknown>;
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  place[keys.at(-1) ?? ''] = other;
  return copy;
}

/** Of the life of chained-record.ts: what each attempt at a delivery that is not at rest changes, which no receipt is about. */
export const TRIED = /^deliveries\[(1\]\.(attempts|updatedAt|detail)|2\]\.(attempts|updatedAt|detail|httpStatus))$/;
