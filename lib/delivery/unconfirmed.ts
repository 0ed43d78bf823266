import { type Deployment, isConfirmed } from '../contracts/deployment.ts';
import type { DeploymentRecord } from '../contracts/deployment-record.ts';

/** What the detail of a delivery begins with that is held back because nothing of Argo CD confirms the operation. */
const UNCONFIRMED = 'not confirmed by Argo CD';

/** Whether a person has accepted what is held back of the operation. @param record null where there is none yet */
export const isAccepted = (record: DeploymentRecord | null): boolean => (record?.acceptances ?? []).length > 0;

/**
 * Why nothing of an operation may be sent: nothing of Argo CD confirms it, and no person has accepted it.
 * @param record null where there is none yet
 * @returns one sentence with the remedy; null where it may be sent
 */
export function whyUnconfirmed(deployment: Deployment, record: DeploymentRecord | null): string | null {
  if (isConfirmed(deployment) || isAccepted(record)) return null;
  const why = deployment.operation.unconfirmedBecause ?? 'only the notification tells of it';
  return `${UNCONFIRMED}: ${why}; accept it with aftersync records accept ${deployment.id} --reason REASON, then retry`;
}

export const isUnconfirmed = ({ detail }: { detail: string }): boolean => detail.startsWith(UNCONFIRMED);
