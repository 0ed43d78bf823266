import { createDeploymentRecordParts } from '../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../lib/clients/deployment-records.ts';
import { createKubernetesLedger } from '../../lib/ledger/kubernetes.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';

/** Requests that changed something in the cluster, and how long they took together. */
export interface Written {
  requests: number;
  ms: number;
}

/** A ledger in the cluster that counts its writes. */
export function countedLedger(namespace: string): { ledger: Ledger; written: Written } {
  const written = { requests: 0, ms: 0 };
  const records = createDeploymentRecords(namespace);
  const parts = createDeploymentRecordParts(namespace);
  const ledger = createKubernetesLedger(
    { ...records, create: counted(records.create), replaceStatus: counted(records.replaceStatus) },
    { ...parts, create: counted(parts.create), replaceStatus: counted(parts.replaceStatus) },
  );
  return { ledger, written };

  function counted<A extends unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      const from = performance.now();
      const answer = await call(...args);
      written.requests += 1;
      written.ms += performance.now() - from;
      return answer;
    };
  }
}
