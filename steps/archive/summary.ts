import type { ArchiveReport } from '../../lib/contracts/archive-report.ts';
import { count } from '../../lib/wording.ts';
import type { Taken } from './take.ts';

/** The line of a record that left. Its head lets it be told from any other, even where it was deleted for good. */
export function takenLine({ id, application, startedAt, head, key }: Taken): string {
  const { instance, namespace, name } = application;
  const what = `${id} ${instance}/${namespace}/${name} of ${startedAt}, head ${head ?? 'none'}`;
  return key === null ? `deleted ${what}` : `archived ${what}: ${key}`;
}

/** One line for a person. */
export function summaryOf({ mode, dryRun, before, taken, stayed, broken }: ArchiveReport): string {
  if (mode === 'none') return 'neither archive nor retention is configured: every record stays';
  const verb = `${dryRun ? 'would be ' : ''}${mode === 'archive' ? 'archived' : 'deleted'}`;
  const { compared, incomplete, touched, left } = stayed;
  const others = [
    [compared, 'kept for comparison'],
    [incomplete, 'incomplete'],
    [touched, 'changed since'],
    [left, 'left for the next run'],
    [broken.length, 'that does not hold'],
  ] as const;
  const said = others.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]));
  return [`${count(taken.length, 'record')} from before ${before} ${verb}`, ...said].join(', ');
}
