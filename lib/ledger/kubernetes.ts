import pLimit from 'p-limit';
import type { DeploymentRecordParts } from '../clients/deployment-record-parts.ts';
import type { DeploymentRecords, RecordVersion } from '../clients/deployment-records.ts';
import type { Deployment } from '../contracts/deployment.ts';
import type { Delivery, PreviousRecord } from '../contracts/deployment-record.ts';
import { plannedSummaryOf, summaryOf } from '../contracts/deployment-record-summary.ts';
import { refused } from '../runtime/failure.ts';
import type { Change } from './change.ts';
import { compareAndSwap, UNCHANGED } from './compare-and-swap.ts';
import { groupCommit } from './group-commit.ts';
import { createPartStore, type PartStore } from './kubernetes-part.ts';
import { isOlder, moment } from './late-read.ts';
import type { Application, Ledger } from './ledger.ts';
import { partOfDelivery, partsOf } from './part.ts';
import { earlier, type Recorded, withPrevious } from './previous.ts';
import { reading, those } from './reading.ts';
import { applyChange } from './record.ts';
import { type StoredRecord, wholeOf } from './stored-record.ts';

/** Those that are sent first are planned first. */
const PARTS_AT_A_TIME = 2;

/** A record as this process knows it. */
interface Known {
  version: RecordVersion;
  since: number;
  /** null until it is fixed how many there are. */
  parts: PartStore | null;
}

/**
 * The records as resources of the cluster. The API server decides who was first: creating an object that exists, and
 * replacing one that was changed since it was read, are refused, and the changes are then applied to what is there now.
 * What this process knows is kept, so that a write is one request.
 */
export function createKubernetesLedger(records: DeploymentRecords, parts: DeploymentRecordParts): Ledger {
  const kept = new Map<string, Known>();

  /** @param since when it was asked for, or had been written */
  function keep(version: RecordVersion, since: number): Known {
    const { id, parts: count = 0 } = version.record;
    const before = kept.get(id);
    if (before !== undefined && isOlder(since, before.since)) return before;
    const store = before?.parts ?? (count > 0 ? createPartStore(parts, version) : null);
    const known = { version, since, parts: store };
    kept.set(id, known);
    return known;
  }
  async function read(id: string): Promise<RecordVersion | null> {
    const since = moment();
    const found = await records.read(id);
    return found && keep(found, since).version;
  }

  const write = groupCommit(async (id, changes) => {
    // Where it is opened and nothing else, by the first step of a run, there is no record yet, most times.
    const isOpening = changes.length > 0 && changes.every(({ type }) => type === 'open');
    const known = kept.get(id)?.version ?? (isOpening ? null : undefined);
    let since = 0;
    const readNow = () => {
      since = moment();
      return records.read(id);
    };
    return keep(await compareAndSwap(`DeploymentRecord ${id}`, known, readNow, attempt), since);

    async function attempt(found: RecordVersion | null) {
      const before = found?.record ?? null;
      const opening = changes.find(change => change.type === 'open');
      const [created, complete] = await Promise.all([
        found === null && opening !== undefined ? records.create({ id, deployment: opening.deployment }) : null,
        withPrevious(changes, before, previousOf),
      ]);
      const ready = await withHeads(complete, found !== known);
      const after = ready.reduce(applyChange, before);
      if (after === null)
        throw refused('No such record', `DeploymentRecord ${id}`, 'run the pipeline from its start: fetch-app');
      if (after === before) return UNCHANGED;
      const base = found ?? created;
      const written = base && (await records.replaceStatus(base, after, await summarise(after, base, changes)));
      since = moment();
      return written;
    }

    /** Who writes last knows everything: where another run was at work meanwhile, the parts are read again. */
    async function withHeads(ready: readonly Change[], isNew: boolean): Promise<readonly Change[]> {
      const store = kept.get(id)?.parts ?? null;
      if (store === null || ready.every(({ type }) => type !== 'seal')) return ready;
      const heads = (await (isNew ? store.read() : store.readUnknown())).map(({ head }) => head);
      return ready.map(change => (change.type === 'seal' ? { ...change, heads } : change));
    }
  });

  /** Of a record with parts it is counted when it is sealed, and until then it is owed. */
  async function summarise(record: RecordVersion['record'], { summary }: RecordVersion, changes: readonly Change[]) {
    if ((record.parts ?? 0) === 0) return summaryOf(record);
    const sealed = changes.some(change => change.type === 'seal');
    const store = sealed ? kept.get(record.id)?.parts : null;
    return store == null
      ? plannedSummaryOf(summary, changes)
      : summaryOf(wholeOf({ record, parts: await store.readUnknown() }));
  }

  const apply: Ledger['apply'] = async (id, changes, written = () => {}) => {
    const seals = changes.filter(change => change.type === 'seal');
    const others = changes.filter(change => change.type !== 'seal');
    const known = await applyOthers(id, others, written);
    const isDue = seals.some(({ envelope }) => known.parts !== null || envelope !== undefined);
    const { version, parts } = isDue ? await write(id, seals) : known;
    return wholeOf({ record: version.record, parts: parts?.known() ?? [] });
  };

  async function applyOthers(
    id: string,
    changes: readonly Change[],
    written: (deliveries: readonly Delivery[]) => void,
  ): Promise<Known> {
    const known = kept.get(id);
    const count = known?.version.record.parts ?? 0;
    const own = changes.filter(change => change.type === 'plan' || partsOf(change, count).length === 0);
    const after = known === undefined || own.length > 0 ? await write(id, known === undefined ? changes : own) : known;
    const byPart = new Map<number, Change[]>();
    for (const change of changes)
      for (const index of partsOf(change, after.version.record.parts ?? 0))
        byPart.set(index, [...(byPart.get(index) ?? []), change]);
    written(after.version.record.deliveries);
    const writing = pLimit(PARTS_AT_A_TIME);
    await Promise.all(
      [...byPart].map(([index, some]) =>
        writing(async () => written((await after.parts?.apply(index, some))?.deliveries ?? [])),
      ),
    );
    return after;
  }

  async function readStored(id: string): Promise<StoredRecord | null> {
    const version = await read(id);
    if (version === null) return null;
    return { record: version.record, parts: (await kept.get(id)?.parts?.read()) ?? [] };
  }

  const look: Ledger['look'] = async (id, wanted) => {
    const known = kept.get(id);
    const indices = wanted.map(one => partOfDelivery(one, known?.version.record.parts ?? 0));
    const isInParts = known?.parts != null && indices.every(index => index !== null);
    if (!isInParts) return those((await read(id))?.record.deliveries ?? [], wanted);
    const some = await known.parts?.read([...new Set(indices)]);
    return those(some?.flatMap(({ deliveries }) => deliveries) ?? [], wanted);
  };

  async function recordedOf(application: Application): Promise<Recorded[]> {
    const found = await records.ofApplication(application);
    const dated = found.map(async ({ id, startedAt }) => {
      const at = startedAt ?? (await records.read(id))?.record.deployment.operation.startedAt;
      return at === undefined ? [] : [{ id, startedAt: at }];
    });
    return (await Promise.all(dated)).flat();
  }

  async function previousOf({ source, operation }: Deployment): Promise<PreviousRecord | null> {
    const [newest] = earlier(await recordedOf(source), operation.startedAt);
    const record = newest && (await records.read(newest.id))?.record;
    return record == null ? null : { id: record.id, head: record.head ?? null };
  }

  return { apply, ...reading(readStored, recordedOf), look };
}
