import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { workloadKindOf } from '../../lib/settle/workload-kinds.ts';
import { workloadsIn } from '../diff-images/previous-images.ts';
import { keyOf } from '../diff-images/workload-key.ts';

/** Tells which records the next sync is compared with, when it is shown those of one application, the newest first. */
export interface Comparison {
  needs(record: DeploymentRecord): boolean;
  /** It needs nothing that is older. */
  isOver(): boolean;
}

/**
 * For each workload, the newest record that knows it is compared with: where one sync brought a part of the application, an
 * older one counts for the rest. A sync of the whole application ends the search.
 */
export function createComparison(): Comparison {
  const known = new Set<string>();
  let isOver = false;
  return {
    isOver: () => isOver,
    needs(record) {
      if (isOver) return false;
      const own = workloadsOf(record);
      const isNeeded = own.some(key => !known.has(key));
      for (const key of own) known.add(key);
      isOver = isWhole(record, known);
      return isNeeded;
    },
  };
}

/** Hooks do not count: they run in every whole sync, often under a new name each time. */
function workloadsOf(record: DeploymentRecord): string[] {
  const ran = record.images.flatMap(({ workloads }) => workloads);
  const hooks = new Set(ran.filter(({ hookType }) => hookType !== null).map(keyOf));
  return [...workloadsIn(record)].filter(key => !hooks.has(key));
}

function isWhole({ deployment, artifacts }: DeploymentRecord, known: ReadonlySet<string>): boolean {
  const { operation, eventStatus, disposition, resourcesKnown, resources } = deployment;
  if (operation.partial || operation.selfHeal || eventStatus === 'FAILED' || disposition === 'skip') return false;
  if (!resourcesKnown || artifacts === 'unknown') return false;
  return resources
    .filter(resource => resource.hookType === null && resource.status === 'Synced' && workloadKindOf(resource) !== null)
    .every(resource => known.has(keyOf(resource)));
}
