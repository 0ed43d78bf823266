import { leftBefore } from '../../lib/archive/left-before.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { badInput } from '../../lib/runtime/failure.ts';

/** What becomes of old records. */
export type Policy =
  | { mode: 'none' }
  /** RFC 3339: what was changed since is not old. */
  | { mode: 'archive' | 'retention'; before: string; perRun: number; concurrency: number };

const RETENTION = { perRun: 5000, concurrency: 8 };

/** @param at RFC 3339, now. @throws Failure 2 where the configuration wants both */
export function policyOf(settings: Pick<Configuration, 'archive' | 'retention'>, at: string): Policy {
  const { archive, retention } = settings;
  if (archive !== undefined && retention !== undefined)
    throw badInput(
      'Archive and retention exclude each other',
      'configuration',
      'keep archive; a lifecycle rule of the bucket says when archived records end',
    );
  const before = leftBefore(settings, at);
  if (before === null) return { mode: 'none' };
  if (archive === undefined) return { mode: 'retention', before, ...RETENTION };
  return { mode: 'archive', before, perRun: archive.perRun, concurrency: archive.concurrency };
}
