import type { DeploymentAlert } from '../contracts/deployment-alert.ts';
import { Failure } from '../runtime/failure.ts';

/** An alert as it was read: a write that names an older version changes nothing. */
export interface StoredAlert {
  alert: DeploymentAlert;
  version: string;
}

/** Where alerts are kept. Two stores: the DeploymentAlert resource in the cluster, a directory on one machine. */
export interface AlertStore {
  read(name: string): Promise<StoredAlert | null>;
  /** @returns null where an alert of that name exists already, or somebody else has changed it since */
  create(alert: DeploymentAlert): Promise<StoredAlert | null>;
  /** Writes state and channels; what is missing stays as it was told. @returns null where somebody else changed it */
  replace(version: string, alert: DeploymentAlert): Promise<StoredAlert | null>;
  /** @param unreadable hears of each that is not as documented; the others are listed */
  list(unreadable: (why: Failure) => void): Promise<StoredAlert[]>;
}

/** Those that can be read. @param read throws a Failure where it cannot */
export async function readable<T>(
  items: readonly T[],
  read: (item: T) => Promise<StoredAlert | null> | StoredAlert,
  unreadable: (why: Failure) => void,
): Promise<StoredAlert[]> {
  const found: StoredAlert[] = [];
  for (const item of items)
    try {
      const alert = await read(item);
      if (alert !== null) found.push(alert);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      unreadable(error);
    }
  return found;
}
