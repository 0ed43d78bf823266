import pLimit from 'p-limit';
import type { Kubernetes } from '../../lib/clients/kubernetes.ts';
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
  const { outcome, why } = settlement;
  // What may not be read in a namespace may not be read for any name in it: said once.
  return { where: outcome === 'unreadable' ? `${workload.kind} in ${workload.namespace}` : labelOf(workload), why };
}

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
      return [keyOf(workload.target.workload), { why: error.message }] as const;
    }
  });
  return new Map(found);
}
