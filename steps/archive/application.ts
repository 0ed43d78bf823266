import type { ArchiveReport } from '../../lib/contracts/archive-report.ts';
import type { Finding } from '../../lib/ledger/chain.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { mayLeave, type OldRecords } from './choose.ts';
import type { ClusterRecords } from './cluster-records.ts';
import { type Comparison, createComparison } from './comparison.ts';
import { toOldRecord } from './old-record.ts';
import type { Policy } from './policy.ts';
import type { RecordRow } from './rows.ts';
import { type Clients as TakeClients, type Taken, take } from './take.ts';

export interface Clients extends TakeClients {
  cluster: ClusterRecords;
  /** Told of each record as it leaves, so that the log says it even of a run that is killed. */
  onTaken(taken: Taken): void;
}

type Work = Extract<Policy, { before: string }>;

/** What is counted while applications are worked on side by side. */
export interface Tally {
  taken: Taken[];
  stayed: ArchiveReport['stayed'];
  broken: Finding[];
  /** Why the run ends early. */
  stopped: Failure | null;
}

/** Takes what is not needed of one application, one record after the other. It never throws what a remote did. */
export async function takeFrom(
  old: OldRecords,
  work: Work,
  dryRun: boolean,
  clients: Clients,
  tally: Tally,
): Promise<void> {
  if (tally.stopped !== null) return;
  try {
    await takeOlder(old, work, dryRun, clients, tally);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tally.stopped ??= error;
  }
}

async function takeOlder(
  { newest, older }: OldRecords,
  { before, perRun }: Work,
  dryRun: boolean,
  clients: Clients,
  tally: Tally,
): Promise<void> {
  const { stayed } = tally;
  stayed.compared += 1;
  if (older.length === 0) return;
  const comparison = createComparison();
  await learn(newest, comparison, clients);
  for (const row of older) {
    if (tally.stopped !== null) return;
    const stays = !mayLeave(row, before);
    if (stays && comparison.isOver()) stayed[isTouched(row, before) ? 'touched' : 'incomplete'] += 1;
    else if (tally.taken.length >= perRun) stayed.left += 1;
    else await decide(row, comparison, before, dryRun, clients, tally);
  }
}

async function learn({ id }: RecordRow, comparison: Comparison, { cluster }: Clients): Promise<void> {
  const found = await cluster.read(id);
  const whole = found && toOldRecord(found).whole;
  if (whole !== null) comparison.needs(whole);
}

async function decide(
  { id }: RecordRow,
  comparison: Comparison,
  before: string,
  dryRun: boolean,
  clients: Clients,
  { taken, stayed, broken }: Tally,
): Promise<void> {
  const found = await clients.cluster.read(id);
  if (found === null) return;
  const record = toOldRecord(found);
  if (record.whole !== null && comparison.needs(record.whole)) {
    stayed.compared += 1;
    return;
  }
  const outcome = await take(record, before, dryRun, clients);
  if (outcome.type === 'broken') broken.push(...outcome.findings.slice(0, 1));
  else if (outcome.type !== 'taken') stayed[outcome.type] += 1;
  else {
    taken.push(outcome.taken);
    if (!dryRun) clients.onTaken(outcome.taken);
  }
}

const isTouched = ({ touchedAt }: RecordRow, before: string): boolean => Date.parse(touchedAt) >= Date.parse(before);
