import pLimit from 'p-limit';
import type { ArchiveReport } from '../../lib/contracts/archive-report.ts';
import type { Finding } from '../../lib/ledger/chain.ts';
import { growthOf } from '../../lib/ledger/growth.ts';
import { type Failure, refused } from '../../lib/runtime/failure.ts';
import { type Clients, type Tally, takeFrom } from './application.ts';
import { chooseOld } from './choose.ts';
import type { Policy } from './policy.ts';

export interface Input {
  policy: Policy;
  dryRun: boolean;
  /** RFC 3339, when the run began. */
  at: string;
}

/**
 * Moves completed records that are old enough to the archive, or deletes them where there is a retention instead. Running it
 * twice, or again after a kill, is harmless: what was archived is found there and compared, and a deletion names the version
 * that was read.
 * @returns the artifact, and the failure that the step ends with after writing it
 */
export async function archiveRecords(
  { policy, dryRun, at }: Input,
  clients: Clients,
): Promise<{ report: ArchiveReport; failure: Failure | null }> {
  const rows = await clients.cluster.rows();
  const stayed = { compared: 0, incomplete: 0, touched: 0, left: 0 };
  const tally: Tally = { taken: [], stayed, broken: [], stopped: null };
  if (policy.mode === 'archive' && clients.archive === null && !dryRun)
    throw new Error('records would be deleted for good');
  if (policy.mode !== 'none') {
    const limit = pLimit(policy.concurrency);
    const applications = chooseOld(rows, policy.before);
    await Promise.all(applications.map(old => limit(() => takeFrom(old, policy, dryRun, clients, tally))));
  }
  const { mode } = policy;
  const report: ArchiveReport = {
    schemaVersion: 'aftersync.archive-report/v1',
    dryRun,
    mode,
    before: policy.mode === 'none' ? null : policy.before,
    taken: tally.taken.sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || a.id.localeCompare(b.id)),
    stayed,
    broken: tally.broken.map(({ record: id, path, what }) => ({ id: id.slice(0, 16), path, what })),
    growth: growthOf(rows, at),
  };
  return { report, failure: tally.stopped ?? brokenFailure(tally.broken) };
}

function brokenFailure([first, ...others]: readonly Finding[]): Failure | null {
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return refused(
    'Record does not hold and stays in the cluster',
    `${first.record}: ${first.path}: ${first.what}${more}`,
    `aftersync verify ${first.record.slice(0, 16)} says more`,
  );
}
