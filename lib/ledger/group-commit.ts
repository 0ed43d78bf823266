import type { Change } from './change.ts';

type Apply<T> = (name: string, changes: readonly Change[]) => Promise<T>;

interface Batch<T> {
  changes: Change[];
  written: Promise<T>;
}

/**
 * Makes an apply() of a slow write: changes that arrive while a write of the same object is under way wait together and
 * become the next one. With n deliveries at a time that is a few writes instead of n.
 */
export function groupCommit<T>(write: Apply<T>): Apply<T> {
  const waiting = new Map<string, Batch<T>>();
  const underWay = new Map<string, Promise<unknown>>();
  return (name, changes) => {
    const joined = waiting.get(name);
    if (joined !== undefined) {
      joined.changes.push(...changes);
      return joined.written;
    }
    const before = underWay.get(name) ?? Promise.resolve();
    const batch: Change[] = [...changes];
    const written = before.then(start, start);
    waiting.set(name, { changes: batch, written });
    underWay.set(name, written);
    return written;

    function start(): Promise<T> {
      waiting.delete(name);
      return write(name, batch);
    }
  };
}
