import { type MetricValues, toUnixSeconds } from '../../lib/metrics/values.ts';
import { gapsOf } from '../../lib/run/gaps.ts';
import { type Run, valueIn } from '../../lib/run/run.ts';
import { verdictOf } from '../report/verdict.ts';

/** What a run came to, as its report says it. @param at RFC 3339, now */
export function runMetrics(run: Run, at: string): MetricValues {
  const { gaps, failed } = gapsOf(run);
  return {
    environment: valueIn(run.deployment)?.targetEnvironment ?? 'unknown',
    result: verdictOf(run, gaps, failed).kind,
    timestamp: toUnixSeconds(at),
  };
}
