import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { DeploymentRecords } from '../clients/deployment-records.ts';
import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { refused, transient } from '../runtime/failure.ts';
import type { Change } from './change.ts';
import { groupCommit } from './group-commit.ts';
import type { Ledger } from './ledger.ts';
import { applyChange } from './record.ts';

const MAX_CONFLICTS = 50;
const MAX_WAIT_MS = 200;

/**
 * The records as resources of the cluster. The API server decides who was first: creating a record that exists, and
 * replacing one that was changed since it was read, are refused, and the changes are then applied to what is there now.
 */
export function createKubernetesLedger(records: DeploymentRecords): Ledger {
  return {
    apply: groupCommit((id, changes) => write(records, id, changes)),
    async read(id) {
      return (await records.read(id))?.record ?? null;
    },
    async before(application, startedAt) {
      const found = await records.ofApplication(application);
      const started = ({ deployment }: DeploymentRecord) => Date.parse(deployment.operation.startedAt);
      return found
        .filter(record => started(record) < Date.parse(startedAt))
        .sort((a, b) => started(b) - started(a) || a.id.localeCompare(b.id));
    },
  };
}

async function write(records: DeploymentRecords, id: string, changes: readonly Change[]): Promise<DeploymentRecord> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const found = await records.read(id);
    const after = changes.reduce(applyChange, found?.record ?? null);
    if (after === null)
      throw refused('No such record', `DeploymentRecord ${id}`, 'run the pipeline from its start: fetch-app');
    if (found !== null && isDeepStrictEqual(found.record, after)) return after;
    const base = found ?? (await records.create(after));
    const written = base === null ? null : await records.replaceStatus(base.resourceVersion, after);
    if (written !== null) return written.record;
    await sleep(Math.random() * Math.min(MAX_WAIT_MS, 10 * 2 ** conflicts));
  }
  throw transient('Record is written by too many at once', `DeploymentRecord ${id}`, 'it is tried again');
}
