import type { Archive } from '../../lib/archive/archive.ts';
import type { ArchiveReport } from '../../lib/contracts/archive-report.ts';
import type { Finding } from '../../lib/ledger/chain.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import type { ClusterRecords } from './cluster-records.ts';
import { goesOnFrom, type OldRecord } from './old-record.ts';

export type Taken = ArchiveReport['taken'][number];

/** What became of a record that the next comparison does not need. */
export type Outcome =
  | { type: 'taken'; taken: Taken }
  | { type: 'incomplete' }
  | { type: 'touched' }
  | { type: 'broken'; findings: Finding[] };

export interface Clients {
  cluster: Pick<ClusterRecords, 'remove'>;
  /** null: it is deleted for good. */
  archive: Archive | null;
}

/**
 * Takes one record out of the cluster: archived, read back and compared, and only then deleted as it was read. Killed
 * anywhere, it is in the cluster or in the archive, or in both, and the next run does the rest.
 * @param before RFC 3339; what happened since is not old
 */
export async function take(record: OldRecord, before: string, dryRun: boolean, clients: Clients): Promise<Outcome> {
  const { whole, document, sha256, findings, version } = record;
  if (whole === null || findings.length > 0) return { type: 'broken', findings };
  if (!record.complete) return { type: 'incomplete' };
  if (Date.parse(record.touchedAt ?? before) >= Date.parse(before)) return { type: 'touched' };
  const { source, operation } = whole.deployment;
  const { instance, namespace, name } = source;
  const taken = {
    id: whole.id,
    application: { instance, namespace, name },
    startedAt: operation.startedAt,
    head: whole.head ?? null,
    key: null,
    sha256,
    bytes: Buffer.byteLength(document),
  };
  if (dryRun) return { type: 'taken', taken };
  const kept = clients.archive === null ? null : await keep(clients.archive, record, whole);
  if (kept !== null && kept.findings.length > 0) return { type: 'broken', findings: kept.findings };
  if (!(await clients.cluster.remove(version))) return { type: 'touched' };
  return { type: 'taken', taken: { ...taken, key: kept?.key ?? null } };
}

async function keep(archive: Archive, record: OldRecord, whole: NonNullable<OldRecord['whole']>) {
  const finding = (what: string) => ({
    key: null,
    findings: [{ record: whole.id, receipt: null, path: 'the archive', what }],
  });
  const there = await archive.document(whole.deployment);
  if (there !== null && !goesOnFrom(there, record)) return finding('it has another record under this name');
  try {
    return { key: await archive.keep(whole.deployment, record.document), findings: [] };
  } catch (error) {
    // One object that the archive did not keep says nothing about the next; an archive that is away does.
    if (error instanceof Failure && error.exitCode === ExitCode.refused) return finding(error.message);
    throw error;
  }
}
