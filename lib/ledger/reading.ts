import type { Application, Ledger } from './ledger.ts';
import { earlier, type Recorded } from './previous.ts';
import { wholeOf } from './stored-record.ts';

/** What every store reads in the same way, from what it keeps. */
export function reading(
  readStored: Ledger['readStored'],
  recordedOf: (application: Application) => Promise<readonly Recorded[]>,
): Pick<Ledger, 'read' | 'readStored' | 'before'> {
  return {
    readStored,
    async read(id) {
      const stored = await readStored(id);
      return stored && wholeOf(stored);
    },
    async *before(application, startedAt) {
      for (const { id } of earlier(await recordedOf(application), startedAt)) {
        const stored = await readStored(id);
        if (stored !== null) yield wholeOf(stored);
      }
    },
  };
}
