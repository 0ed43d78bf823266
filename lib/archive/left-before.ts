import type { Configuration } from '../contracts/configuration.ts';
import type { Deployment } from '../contracts/deployment.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { refused } from '../runtime/failure.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

type Settings = Pick<Configuration, 'archive' | 'retention'>;

/**
 * Records of operations that started before may have left the cluster.
 * @param at RFC 3339, now
 * @returns RFC 3339; null where no record ever leaves
 */
export function leftBefore({ archive, retention }: Settings, at: string): string | null {
  const days = archive?.afterDays ?? retention?.days;
  return days === undefined ? null : new Date(Date.parse(at) - days * DAY_MS).toISOString();
}

/**
 * An old event or a Workflow that is run again after its record has left would be recorded as if it had never been.
 * @throws Failure 1 where that may be so
 */
export async function refuseWhatLeft(
  ledger: Pick<Ledger, 'read'>,
  { id, operation }: Deployment,
  settings: Settings,
  at: string,
): Promise<void> {
  const before = leftBefore(settings, at);
  if (before === null || Date.parse(operation.startedAt) >= Date.parse(before)) return;
  if ((await ledger.read(id)) !== null) return;
  throw refused(
    'Record has left the cluster',
    `${id} of ${operation.startedAt}`,
    `aftersync records show ${id} --archive says what was recorded; restore it before you run this again`,
  );
}
