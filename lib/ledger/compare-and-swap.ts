import { setTimeout as sleep } from 'node:timers/promises';
import { transient } from '../runtime/failure.ts';

const MAX_CONFLICTS = 50;
const MAX_WAIT_MS = 200;

/** UNCHANGED: there is nothing to write. null: somebody else was first. */
export type Attempt<V> = V | null | typeof UNCHANGED;
export const UNCHANGED = Symbol('unchanged');

/**
 * Writes what follows from an object as it is, again and again until nobody else wrote it meanwhile.
 * @param known the object as this process knows it, null where it is taken not to be there. Where nothing follows from that
 *   it is read, because somebody else may have changed it since
 * @throws Failure 75 where others are first too often
 */
export async function compareAndSwap<V>(
  on: string,
  known: V | null | undefined,
  read: () => Promise<V | null>,
  attempt: (found: V | null) => Promise<Attempt<V>>,
): Promise<V> {
  if (known !== undefined) {
    const written = await attempt(known);
    if (written !== null && written !== UNCHANGED) return written;
  }
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const found = await read();
    const written = await attempt(found);
    if (written === UNCHANGED && found !== null) return found;
    if (written !== null && written !== UNCHANGED) return written;
    await sleep(Math.random() * Math.min(MAX_WAIT_MS, 10 * 2 ** conflicts));
  }
  throw transient('Record is written by too many at once', on, 'it is tried again');
}
