import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import type { Change, Ledger } from './ledger.ts';

interface Batch {
  changes: Change[];
  written: Promise<DeploymentRecord>;
}

/**
 * Makes an apply() of a slow write: changes that arrive while a write of the same record is under way wait together and
 * become the next one. With n deliveries at a time that is a few writes instead of n.
 */
export function groupCommit(write: Ledger['apply']): Ledger['apply'] {
  const waiting = new Map<string, Batch>();
  const underWay = new Map<string, Promise<unknown>>();
  return (id, changes) => {
    const joined = waiting.get(id);
    if (joined !== undefined) {
      joined.changes.push(...changes);
      return joined.written;
    }
    const before = underWay.get(id) ?? Promise.resolve();
    const batch: Change[] = [...changes];
    const written = before.then(start, start);
    waiting.set(id, { changes: batch, written });
    underWay.set(id, written);
    return written;

    function start(): Promise<DeploymentRecord> {
      waiting.delete(id);
      return write(id, batch);
    }
  };
}
