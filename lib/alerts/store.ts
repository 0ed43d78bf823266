import type { DeploymentAlert } from '../contracts/deployment-alert.ts';

/** An alert as it was read: a write that names an older version changes nothing. */
export interface StoredAlert {
  alert: DeploymentAlert;
  version: string;
}

/** Where alerts are kept. Two stores: the DeploymentAlert resource in the cluster, a directory on one machine. */
export interface AlertStore {
  read(name: string): Promise<StoredAlert | null>;
  /** @returns null where an alert of that name exists already */
  create(alert: DeploymentAlert): Promise<StoredAlert | null>;
  /** Writes state and channels; what is missing stays as it was told. @returns null where somebody else changed it */
  replace(version: string, alert: DeploymentAlert): Promise<StoredAlert | null>;
  list(): Promise<StoredAlert[]>;
}
