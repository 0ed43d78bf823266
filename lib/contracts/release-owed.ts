import type { Deployment } from './deployment.ts';
import type { ReleaseReceipt } from './release-receipt.ts';

/** Why no release event is owed. */
export interface NotOwed {
  outcome: Extract<ReleaseReceipt['outcome'], `skipped-${string}`>;
  /** One clause for a person. */
  detail: string;
}

type Facts = Pick<Deployment, 'production' | 'targetEnvironment' | 'disposition' | 'eventStatus'>;

/**
 * Whether a sync owes a release event: the one rule for the step that sends it, for the record, and for who says what is missing.
 * @param artifacts how many artifacts evidence is owed for; null where nobody knows yet
 * @returns null where one is owed
 */
export function whyNoRelease(deployment: Facts, artifacts: number | null): NotOwed | null {
  const { production, targetEnvironment, disposition, eventStatus } = deployment;
  if (!production)
    return {
      outcome: 'skipped-not-production',
      detail: `${targetEnvironment} is not production: no release event is owed`,
    };
  if (eventStatus === 'FAILED')
    return {
      outcome: 'skipped-failed-sync',
      detail: 'the sync failed: its evidence says so, no release event is owed',
    };
  if (disposition === 'skip' || artifacts === 0)
    return { outcome: 'skipped-nothing-deployed', detail: 'no artifact was deployed: no release event is owed' };
  return null;
}
