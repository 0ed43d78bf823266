import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '../contracts/deployment.ts';
import type { DeploymentRecord, PreviousRecord } from '../contracts/deployment-record.ts';
import { OperationId } from '../contracts/primitives.ts';
import { badInput, refused } from '../runtime/failure.ts';
import { parseAs } from '../runtime/parse.ts';
import type { Change, ChangeOf } from './change.ts';
import { recordedIn } from './directory-index.ts';
import { groupCommit } from './group-commit.ts';
import { type Added, append, type Position, readFrom, START, type Witness } from './journal.ts';
import type { Application, Ledger } from './ledger.ts';
import { earlier, withPrevious } from './previous.ts';
import { reading } from './reading.ts';
import { applyToStored, type StoredRecord, wholeOf } from './stored-record.ts';

interface Known {
  stored: StoredRecord | null;
  witnesses: readonly Witness[];
  position: Position;
}

/**
 * Records as journals in a directory of one machine, `<id>.jsonl`. The order of the lines decides which claim won, so there
 * is no lock that a killed run could leave behind. Not for a network file system, which does not append in one piece.
 * @param journals how they are read and written
 */
export function openDirectoryLedger(directory: string, journals = { append, readFrom }): Ledger {
  const records = new Map<string, Known>();
  const pathOf = (id: string) => join(directory, `${checkedId(id)}.jsonl`);
  const knownOf = (id: string): Known => records.get(id) ?? { stored: null, witnesses: [], position: START };

  /** Two readers of one record may end in any order: what reaches further is kept. */
  function advance(id: string, known: Known, { changes, witnesses, position }: Added): Known {
    const kept = knownOf(id);
    if (position.offset < kept.position.offset) return kept;
    const next = {
      stored: changes.reduce(applyToStored, known.stored),
      witnesses: known.witnesses.concat(witnesses),
      position,
    };
    records.set(id, next);
    return next;
  }

  async function readKnown(id: string): Promise<Known | null> {
    const known = knownOf(id);
    const found = await journals.readFrom(pathOf(id), known.position);
    return found && advance(id, known, found);
  }

  async function readStored(id: string): Promise<StoredRecord | null> {
    const known = await readKnown(id);
    return known?.stored == null ? null : { ...known.stored, witnesses: known.witnesses };
  }

  async function write(id: string, changes: readonly Change[]): Promise<StoredRecord> {
    const path = pathOf(id);
    const opens = changes.some(({ type }) => type === 'open');
    const isNew = knownOf(id).stored === null;
    const before = opens || isNew ? ((await readKnown(id))?.stored ?? null) : knownOf(id).stored;
    if (before === null && !opens) throw noSuchRecord(path);
    const known = knownOf(id);
    if (known.position.offset === 0) await makeDirectory(directory);
    const ready = await withPrevious(changes, before?.record ?? null, previousOf);
    const entry = { head: known.stored?.record.head ?? null, changes: ready };
    const { stored } = advance(id, known, await journals.append(path, entry, known.position));
    if (stored === null) throw noSuchRecord(path);
    return stored;
  }

  const noSuchRecord = (path: string) => refused('No such record', path, 'run the pipeline from its start: fetch-app');

  async function indexed(id: string) {
    const deployment = (await readStored(id))?.record.deployment;
    if (deployment === undefined) return null;
    const { source, operation } = deployment;
    return { id, startedAt: operation.startedAt, instance: source.instance, uid: source.uid };
  }

  const recordedOf = async (application: Application) =>
    recordedIn(directory, application, await idsIn(directory), indexed);

  async function previousOf({ source, operation }: Deployment): Promise<PreviousRecord | null> {
    const [newest] = earlier(await recordedOf(source), operation.startedAt);
    const stored = newest && (await readStored(newest.id));
    return stored == null ? null : { id: stored.record.id, head: stored.record.head ?? null };
  }

  const commit = groupCommit(write);
  /** A seal is about heads that are durable: it is a write of its own, after what it seals. */
  const apply: Ledger['apply'] = async (id, changes, written) => {
    const record = await applied(id, changes);
    written?.(record.deliveries);
    return record;
  };

  async function applied(id: string, changes: readonly Change[]): Promise<DeploymentRecord> {
    const known = knownOf(id).stored;
    if (changes.length === 0 && known !== null) return wholeOf(known);
    const seals = changes.filter(change => change.type === 'seal');
    const others = changes.filter(change => change.type !== 'seal');
    const stored = seals.length === 0 || others.length > 0 ? await commit(id, others) : await readStored(id);
    if (stored !== null && seals.length === 0) return wholeOf(stored);
    const heads = stored?.parts.map(({ head }) => head) ?? [];
    const isWitnessed = stored !== null && knownOf(id).witnesses.at(-1)?.head === stored.record.head;
    const isDue = (seal: ChangeOf<'seal'>) => heads.length > 0 || seal.envelope !== undefined || !isWitnessed;
    const about = seals.filter(isDue).map(seal => ({ ...seal, heads }));
    return wholeOf(stored !== null && about.length === 0 ? stored : await commit(id, about));
  }

  return { apply, ...reading(readStored, recordedOf) };
}

/** An id becomes a file name: nothing but an operation id may. */
const checkedId = (id: string): string => parseAs(OperationId, id, 'record id', 'it is the id of deployment.json');

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw unusable(directory, error);
  }
}

async function idsIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.flatMap(name => /^([0-9a-f]{16})\.jsonl$/.exec(name)?.[1] ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unusable(directory, error);
  }
}

const unusable = (directory: string, error: unknown) =>
  badInput(
    'Ledger cannot be used',
    `--ledger=${directory} (${(error as NodeJS.ErrnoException).code})`,
    'name a directory that this user may write',
  );
