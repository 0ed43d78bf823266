import pLimit from 'p-limit';
import { Forbidden, type Kubernetes } from '../../lib/clients/kubernetes.ts';
import { roleBindingCommand } from '../../lib/clients/role-binding.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import { type Clock, type Settlement, settle } from '../../lib/settle/settle.ts';
import { type WorkloadKind, workloadKindOf } from '../../lib/settle/workload-kinds.ts';
import type { LiveContainers } from './live-containers.ts';
import { imagesOfManifest } from './pod-images.ts';
import { type CurrentPods, readCurrentPods, type SettledWorkload } from './pods.ts';
import type { WorkloadImages } from './workload-images.ts';
import { keyOf, labelOf } from './workload-key.ts';

const CONCURRENCY = 8;

/** A workload of a kind whose state can be read. */
export interface ReadableWorkload {
  kind: WorkloadKind;
  namespace: string;
  name: string;
  workload: WorkloadImages;
}

export function readableOf(workload: WorkloadImages): ReadableWorkload | null {
  const kind = workloadKindOf(workload);
  return kind === null ? null : { kind, namespace: workload.namespace, name: workload.name, workload };
}

/**
 * The containers of workloads as the cluster has them now, by key.
 * @throws Failure 75 where the cluster does not answer
 */
export async function readLiveContainers(
  workloads: readonly WorkloadImages[],
  { kubernetes, clock }: { kubernetes: Kubernetes; clock: Clock },
): Promise<Map<string, LiveContainers>> {
  const readable = workloads.flatMap(workload => readableOf(workload) ?? []);
  const found = await settle(readable, { kubernetes, timeoutMs: 0, clock });
  const live = new Map<string, LiveContainers>(
    workloads.map(workload => [
      keyOf(workload),
      { where: labelOf(workload), why: 'this program does not read objects of its kind' },
    ]),
  );
  for (const settlement of found) live.set(keyOf(settlement.target.workload), toLive(settlement));
  return live;
}

function toLive(settlement: Settlement<ReadableWorkload>): LiveContainers {
  const { workload } = settlement.target;
  if ('object' in settlement) return { images: imagesOfManifest(settlement.object)?.images ?? [] };
  if (settlement.outcome === 'gone') return { where: labelOf(workload), why: settlement.why };
  const { why, forbidden } = settlement;
  // What may not be read in a namespace may not be read for any name in it: said once.
  return {
    where: `${workload.kind} in ${workload.namespace}`,
    why: forbidden?.fault ?? why,
    ...remedyOf(forbidden, workload.namespace),
  };
}

const remedyOf = (forbidden: Forbidden | null, namespace: string): { remedy?: string } =>
  forbidden === null
    ? {}
    : { remedy: roleBindingCommand(forbidden, { namespace, clusterRole: 'aftersync-workload-reader' }) };

/** The pods of each settled workload, by key. @throws Failure 75 where the cluster does not answer */
export async function readPods(
  settled: readonly (SettledWorkload & { target: ReadableWorkload })[],
  kubernetes: Kubernetes,
): Promise<Map<string, CurrentPods>> {
  const found = await pLimit(CONCURRENCY).map(settled, async workload => {
    try {
      return [keyOf(workload.target.workload), await readCurrentPods(workload, kubernetes)] as const;
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== ExitCode.input) throw error;
      const { namespace } = workload.target;
      const refused = error instanceof Forbidden && {
        where: `pods in ${namespace}`,
        why: error.fault,
        ...remedyOf(error, namespace),
      };
      return [keyOf(workload.target.workload), { why: error.message, ...refused }] as const;
    }
  });
  return new Map(found);
}
