import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import type { Change } from './change.ts';
import type { StoredRecord } from './stored-record.ts';

export type { Change, DeliveryResult, PlannedDelivery } from './change.ts';

/** An Application of one Argo CD. */
export interface Application {
  instance: string;
  uid: string;
}

/**
 * Where the records are kept. Two stores: a directory on one machine, the DeploymentRecord resource in the cluster. A record
 * too large for one object is whole here, wherever its parts are.
 */
export interface Ledger {
  /**
   * Applies the changes durably.
   * @param written is told the deliveries of each object of a record in several as soon as that is written
   * @returns the record after them, as far as this process knows it
   */
  apply(
    id: string,
    changes: readonly Change[],
    written?: (deliveries: readonly Delivery[]) => void,
  ): Promise<DeploymentRecord>;
  read(id: string): Promise<DeploymentRecord | null>;
  /** Those of its deliveries as they are now: of a record in parts only the parts that hold them are read. */
  look(id: string, wanted: readonly Pick<Delivery, 'step' | 'subject'>[]): Promise<Delivery[]>;
  /** The record and its parts as they are kept, for who computes their chains. */
  readStored(id: string): Promise<StoredRecord | null>;
  /** Records of an application whose operation started before the given time, the newest first, each read when it is asked for. */
  before(application: Application, startedAt: string): AsyncIterable<DeploymentRecord>;
}
