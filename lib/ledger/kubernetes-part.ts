import type { DeploymentRecordParts, PartVersion } from '../clients/deployment-record-parts.ts';
import type { RecordVersion } from '../clients/deployment-records.ts';
import { type DeploymentRecordPart, partName } from '../contracts/deployment-record-part.ts';
import type { Change } from './change.ts';
import { compareAndSwap, UNCHANGED } from './compare-and-swap.ts';
import { groupCommit } from './group-commit.ts';
import { isOlder, moment } from './late-read.ts';
import { applyToPart, partOfRecord } from './part.ts';

/** The parts of one record, as this process knows them. */
export interface PartStore {
  apply(index: number, changes: readonly Change[]): Promise<DeploymentRecordPart>;
  /** Asks for these of them, or for all. */
  read(indices?: readonly number[]): Promise<DeploymentRecordPart[]>;
  /** Asks only for those that this process does not know. */
  readUnknown(): Promise<DeploymentRecordPart[]>;
  /** Asks for none. */
  known(): DeploymentRecordPart[];
}

/** @param of the record, whose parts are fixed */
export function createPartStore(parts: DeploymentRecordParts, of: RecordVersion): PartStore {
  const { record, uid } = of;
  const count = record.parts ?? 0;
  const indices = Array.from({ length: count }, (_, index) => index);
  const known = new Map<string, { version: PartVersion; since: number }>();
  // Of a record that was opened just now there is none.
  const unread = record.runs === 1 ? null : undefined;
  const nameOf = (index: number) => partName({ record: record.id, index });
  const begun = (index: number) => partOfRecord(record, index);

  function keep(name: string, version: PartVersion, since: number): PartVersion {
    const before = known.get(name);
    if (before !== undefined && isOlder(since, before.since)) return before.version;
    known.set(name, { version, since });
    return version;
  }

  async function read(index: number): Promise<DeploymentRecordPart> {
    const since = moment();
    const found = await parts.read(nameOf(index));
    return (found && keep(nameOf(index), found, since).part) ?? begun(index);
  }

  const write = groupCommit(async (name, changes) => {
    const index = Number(name.split('-')[1]);
    const on = `DeploymentRecordPart ${name}`;
    let since = 0;
    const readNow = () => {
      since = moment();
      return parts.read(name);
    };
    return keep(name, await compareAndSwap(on, known.get(name)?.version ?? unread, readNow, attempt), since);

    async function attempt(found: PartVersion | null) {
      const before = found?.part ?? begun(index);
      const after = changes.reduce((part, change) => applyToPart(part, count, change), before);
      if (after === found?.part) return UNCHANGED;
      const base = found ?? (await parts.create(after, uid));
      const written = base && (await parts.replaceStatus(base, after));
      since = moment();
      return written;
    }
  });
  return {
    apply: async (index, changes) => (await write(nameOf(index), changes)).part ?? begun(index),
    read: (some = indices) => Promise.all(some.map(read)),
    readUnknown: () => Promise.all(indices.map(index => known.get(nameOf(index))?.version.part ?? read(index))),
    known: () => indices.flatMap(index => known.get(nameOf(index))?.version.part ?? []),
  };
}
