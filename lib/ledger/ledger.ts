import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import type { Change } from './change.ts';

export type { Change, DeliveryResult, PlannedDelivery } from './change.ts';

/** Where the records are kept. Two stores: a directory on one machine, the DeploymentRecord resource in the cluster. */
export interface Ledger {
  /** Applies the changes in one durable write. @returns the record after them */
  apply(id: string, changes: readonly Change[]): Promise<DeploymentRecord>;
  read(id: string): Promise<DeploymentRecord | null>;
  /** Records of an application whose operation started before the given time, the newest first. */
  before(application: { instance: string; uid: string }, startedAt: string): Promise<DeploymentRecord[]>;
}
