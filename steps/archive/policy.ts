import type { Configuration } from '../../lib/contracts/configuration.ts';
import { badInput } from '../../lib/runtime/failure.ts';

/** What becomes of old records. */
export type Policy =
  | { mode: 'none' }
  /** RFC 3339: what was changed since is not old. */
  | { mode: 'archive' | 'retention'; before: string; perRun: number; concurrency: number };

const DAY_MS = 24 * 60 * 60 * 1000;
const RETENTION = { perRun: 5000, concurrency: 8 };

/** @param at RFC 3339, now. @throws Failure 2 where the configuration wants both */
export function policyOf({ archive, retention }: Pick<Configuration, 'archive' | 'retention'>, at: string): Policy {
  const before = (days: number) => new Date(Date.parse(at) - days * DAY_MS).toISOString();
  if (archive !== undefined && retention !== undefined)
    throw badInput(
      'Archive and retention exclude each other',
      'configuration',
      'keep archive; a lifecycle rule of the bucket says when archived records end',
    );
  if (archive !== undefined) {
    const { afterDays, perRun, concurrency } = archive;
    return { mode: 'archive', before: before(afterDays), perRun, concurrency };
  }
  return retention === undefined
    ? { mode: 'none' }
    : { mode: 'retention', before: before(retention.days), ...RETENTION };
}
