import type { Deployment } from '../contracts/deployment.ts';
import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import type { DeployedImage } from '../contracts/image-diff.ts';

/** What a run plans to deliver: a delivery without its history. */
export type PlannedDelivery = Pick<
  Delivery,
  'step' | 'target' | 'subject' | 'reference' | 'idempotencyKey' | 'body' | 'bodySha256' | 'provenance' | 'detail'
> & { state: 'planned' | 'quarantined' | 'skipped' };

/** What an answer, or its absence, makes of a delivery. */
export type DeliveryResult = Pick<Delivery, 'state' | 'httpStatus' | 'responseId' | 'detail'> & {
  /** Requests started in this run. */
  attempts: number;
  /** Requests of this run whose answer never arrived although a later one did. */
  unanswered: number;
};

interface DeliveryKey {
  step: Delivery['step'];
  subject: string;
}

/**
 * A conditional step of a record's life. Changes are applied one after the other, in an order that all runs agree on; a
 * change whose condition does not hold changes nothing, so the record that comes back tells who won.
 */
export type Change = { at: string } & (
  | { type: 'open'; deployment: Deployment; run: string }
  | { type: 'plan'; step: Delivery['step']; images?: DeployedImage[]; deliveries: PlannedDelivery[] }
  | ({ type: 'claim'; owner: string; leaseUntil: string; keyHonoured: boolean } & DeliveryKey)
  | ({ type: 'result'; owner: string; keyHonoured: boolean; result: DeliveryResult } & DeliveryKey)
);

/** Where the records are kept. Two stores: a directory on one machine, the DeploymentRecord resource in the cluster. */
export interface Ledger {
  /** Applies the changes in one durable write. @returns the record after them */
  apply(id: string, changes: readonly Change[]): Promise<DeploymentRecord>;
  read(id: string): Promise<DeploymentRecord | null>;
  /** Records of an application whose operation started before the given time, the newest first. */
  before(application: { instance: string; uid: string }, startedAt: string): Promise<DeploymentRecord[]>;
}
