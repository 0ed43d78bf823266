import { openArchive } from '../../lib/archive/open.ts';
import { ArchiveReport } from '../../lib/contracts/archive-report.ts';
import { describeGrowth } from '../../lib/ledger/growth.ts';
import { namespaceOf } from '../../lib/ledger/open.ts';
import { tellMetrics } from '../../lib/metrics/values.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { writeArtifact } from '../../lib/runtime/files.ts';
import { say } from '../../lib/runtime/program.ts';
import { createClusterRecords } from './cluster-records.ts';
import { archiveMetrics } from './metrics.ts';
import { policyOf } from './policy.ts';
import { archiveRecords } from './step.ts';
import { summaryOf, takenLine } from './summary.ts';
import type { Taken } from './take.ts';

export interface Flags {
  config?: string;
  out: string;
  dryRun?: boolean;
  metricsOut?: string;
}

export async function run({ config: path, out, dryRun = false, metricsOut }: Flags): Promise<void> {
  const config = await readConfiguration(path);
  const at = new Date().toISOString();
  const policy = policyOf(config, at);
  const archive = config.archive === undefined || dryRun ? null : openArchive(config.archive);
  const cluster = createClusterRecords(namespaceOf(process.env));
  const clients = { cluster, archive, onTaken: (taken: Taken) => say(takenLine(taken)) };
  const { report, failure } = await archiveRecords({ policy, dryRun, at }, clients);
  await writeArtifact(ArchiveReport, out, report);
  if (!dryRun) await tellMetrics(archiveMetrics(report, at), metricsOut);
  say(describeGrowth(report.growth));
  say(summaryOf(report));
  if (failure !== null) throw failure;
}
