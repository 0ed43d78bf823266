import { isDeepStrictEqual } from 'node:util';
import type { DeploymentRecordParts } from '../../lib/clients/deployment-record-parts.ts';
import type { DeploymentRecords, RecordVersion } from '../../lib/clients/deployment-records.ts';
import { partName } from '../../lib/contracts/deployment-record-part.ts';
import { summaryOf } from '../../lib/contracts/deployment-record-summary.ts';
import { isUnopened } from '../../lib/ledger/record.ts';
import { type StoredRecord, wholeOf } from '../../lib/ledger/stored-record.ts';
import { transient } from '../../lib/runtime/failure.ts';

/** restored: it was not there. present: it is there, the same. differs: it is there, and another; it was left as it is. */
export type Outcome = 'restored' | 'present' | 'differs';

export interface Clients {
  records: DeploymentRecords;
  parts: DeploymentRecordParts;
}

/**
 * Writes a record and its parts as they were. Nothing that is there is changed, so it may be run again: what an earlier run
 * began is finished. kubectl cannot do it: it drops the status of what it creates, and parts of an owner that is gone are deleted.
 */
export async function restore({ record, parts }: StoredRecord, clients: Clients): Promise<Outcome> {
  const base = (await clients.records.create(record)) ?? (await clients.records.read(record.id));
  if (base === null) throw changed(record.id);
  const isNew = isUnopened(base.record) || base.record === record;
  if (!isNew && !isDeepStrictEqual(base.record, record)) return 'differs';
  const outcomes: Outcome[] = [];
  for (const part of parts) outcomes.push(await restorePart(part, base, clients.parts));
  if (outcomes.includes('differs')) return 'differs';
  // Last, because it names the parts: a record without them would not hold.
  if (!isNew) return outcomes.includes('restored') ? 'restored' : 'present';
  const written = await clients.records.replaceStatus(base, record, summaryOf(wholeOf({ record, parts })));
  if (written === null) throw changed(record.id);
  return 'restored';
}

async function restorePart(
  part: StoredRecord['parts'][number],
  { uid }: RecordVersion,
  parts: DeploymentRecordParts,
): Promise<Outcome> {
  const name = partName(part);
  const base = (await parts.create(part, uid)) ?? (await parts.read(name));
  if (base === null) throw changed(name);
  if (base.part !== null) return isDeepStrictEqual(base.part, part) ? 'present' : 'differs';
  if ((await parts.replaceStatus(base, part)) === null) throw changed(name);
  return 'restored';
}

const changed = (on: string) => transient('Record is written by somebody else', on, 'run it again');
