import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { OperationId } from '../contracts/primitives.ts';
import { badInput, refused } from '../runtime/failure.ts';
import { parseAs } from '../runtime/parse.ts';
import type { Change } from './change.ts';
import { groupCommit } from './group-commit.ts';
import { append, type Position, readFrom, START } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { applyChange } from './record.ts';

interface Known {
  record: DeploymentRecord | null;
  position: Position;
}

/**
 * Records as journals in a directory of one machine, `<id>.jsonl`. The order of the lines decides which claim won, so there
 * is no lock that a killed run could leave behind. Not for a network file system, which does not append in one piece.
 */
export function openDirectoryLedger(directory: string): Ledger {
  const records = new Map<string, Known>();
  const pathOf = (id: string) => join(directory, `${checkedId(id)}.jsonl`);
  const knownOf = (id: string): Known => records.get(id) ?? { record: null, position: START };

  /** Two readers of one record may end in any order: what reaches further is kept. */
  function advance(id: string, known: Known, found: { changes: Change[]; position: Position }): Known {
    const next = { record: found.changes.reduce(applyChange, known.record), position: found.position };
    if (next.position.offset >= knownOf(id).position.offset) records.set(id, next);
    return next;
  }

  async function read(id: string): Promise<DeploymentRecord | null> {
    const known = knownOf(id);
    const found = await readFrom(pathOf(id), known.position);
    return found === null ? null : advance(id, known, found).record;
  }

  async function write(id: string, changes: readonly Change[]): Promise<DeploymentRecord> {
    const path = pathOf(id);
    const known = knownOf(id);
    if (known.position.offset === 0) await makeDirectory(directory);
    const { record } = advance(id, known, await append(path, changes, known.position));
    if (record === null) throw refused('No such record', path, 'run the pipeline from its start: fetch-app');
    return record;
  }

  return {
    apply: groupCommit(write),
    read,
    async before({ instance, uid }, startedAt) {
      const found: DeploymentRecord[] = [];
      for (const id of await idsIn(directory)) {
        const record = await read(id);
        if (record === null) continue;
        const { source, operation } = record.deployment;
        if (source.instance === instance && source.uid === uid && timeOf(operation) < Date.parse(startedAt))
          found.push(record);
      }
      return found.sort((a, b) => timeOf(b.deployment.operation) - timeOf(a.deployment.operation));
    },
  };
}

const timeOf = ({ startedAt }: { startedAt: string }): number => Date.parse(startedAt);

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
