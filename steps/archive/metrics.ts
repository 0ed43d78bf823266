import type { ArchiveReport } from '../../lib/contracts/archive-report.ts';
import { type MetricValues, toUnixSeconds } from '../../lib/metrics/values.ts';

/** What a run of archive did. @param at RFC 3339, when it began */
export const archiveMetrics = ({ taken, broken }: ArchiveReport, at: string): MetricValues => ({
  timestamp: toUnixSeconds(at),
  taken: taken.length,
  broken: broken.length,
});
