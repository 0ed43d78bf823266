import type { Deployment } from '../contracts/deployment.ts';
import type { DeploymentRecord, PreviousRecord } from '../contracts/deployment-record.ts';
import type { Change } from './change.ts';
import { isUnopened } from './record.ts';

/** An operation that is recorded, and when it started. */
export interface Recorded {
  id: string;
  startedAt: string;
}

/** Those that started before the given time, the newest first. */
export const earlier = <T extends Recorded>(recorded: readonly T[], startedAt: string): T[] =>
  recorded
    .filter(one => Date.parse(one.startedAt) < Date.parse(startedAt))
    .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt) || a.id.localeCompare(b.id));

/** The changes, with the record before this one in the change that opens it. */
export async function withPrevious(
  changes: readonly Change[],
  record: DeploymentRecord | null,
  previousOf: (deployment: Deployment) => Promise<PreviousRecord | null>,
): Promise<readonly Change[]> {
  if (record !== null && !isUnopened(record)) return changes;
  const opening = changes.find(change => change.type === 'open');
  if (opening === undefined || opening.previous !== undefined) return changes;
  const previous = await previousOf(record?.deployment ?? opening.deployment);
  return changes.map(change => (change === opening ? { ...opening, previous } : change));
}
