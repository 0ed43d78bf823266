import type { Delivery } from '../contracts/deployment-record.ts';
import type { Application, Ledger } from './ledger.ts';
import { earlier, type Recorded } from './previous.ts';
import { wholeOf } from './stored-record.ts';

/** What every store reads in the same way, from what it keeps. */
export function reading(
  readStored: Ledger['readStored'],
  recordedOf: (application: Application) => Promise<readonly Recorded[]>,
): Pick<Ledger, 'read' | 'readStored' | 'look' | 'before'> {
  return {
    readStored,
    async read(id) {
      const stored = await readStored(id);
      return stored && wholeOf(stored);
    },
    async look(id, wanted) {
      const stored = await readStored(id);
      return stored === null ? [] : those(wholeOf(stored).deliveries, wanted);
    },
    async *before(application, startedAt) {
      for (const { id } of earlier(await recordedOf(application), startedAt)) {
        const stored = await readStored(id);
        if (stored !== null) yield wholeOf(stored);
      }
    },
  };
}

/** Those deliveries of a record, or of a part, that are wanted. */
export function those(
  deliveries: readonly Delivery[],
  wanted: readonly Pick<Delivery, 'step' | 'subject'>[],
): Delivery[] {
  const names = new Set(wanted.map(({ step, subject }) => JSON.stringify([step, subject])));
  return deliveries.filter(({ step, subject }) => names.has(JSON.stringify([step, subject])));
}
