import { badInput } from '../runtime/failure.ts';
import { openDirectoryLedger } from './directory.ts';
import type { Ledger } from './ledger.ts';

/**
 * The ledger that --ledger or AFTERSYNC_LEDGER names.
 * @throws Failure 2 where none is named
 */
export function openLedger(location: string | undefined): Ledger {
  if (location === undefined || location === '')
    throw badInput('No ledger', '--ledger', 'name a directory or set AFTERSYNC_LEDGER');
  if (location === 'kubernetes')
    throw badInput('No such ledger yet', '--ledger=kubernetes', 'name a directory; records in the cluster come later');
  return openDirectoryLedger(location);
}
