import * as z from 'zod';
import type { Kubernetes } from '../../lib/clients/kubernetes.ts';
import { type LiveWorkload, labelSelectorOf } from '../../lib/settle/live-workload.ts';
import type { SettleTarget } from '../../lib/settle/settle.ts';
import type { WorkloadKind } from '../../lib/settle/workload-kinds.ts';
import { Pod } from './pod-digests.ts';
import type { NotLookedAt } from './workload-key.ts';

/** A workload that has settled, as it was read then. */
export interface SettledWorkload {
  target: SettleTarget;
  live: LiveWorkload;
  object: unknown;
}

/** The pods of a workload's current revision, or why they cannot be told from older ones. */
export type CurrentPods = { pods: Pod[] } | (Pick<NotLookedAt, 'why' | 'remedy'> & { where?: string });

const REVISION = 'deployment.kubernetes.io/revision';
const NO_REVISION = { why: 'its current revision cannot be told' };

const Revision = z.object({
  metadata: z.object({
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
  }),
  revision: z.number().optional().describe('Of a ControllerRevision.'),
});
type Revision = z.infer<typeof Revision>;

type Read = (workload: SettledWorkload, kubernetes: Kubernetes) => Promise<CurrentPods>;

const READERS: Record<WorkloadKind, Read> = {
  'apps/Deployment': async (workload, kubernetes) => {
    const revision = workload.live.metadata.annotations?.[REVISION];
    const replicaSets = await revisionsOf(workload, 'ReplicaSet', kubernetes);
    const current = replicaSets.find(({ metadata }) => metadata.annotations[REVISION] === revision);
    if (revision === undefined || current === undefined) return NO_REVISION;
    return ownedPods(workload, kubernetes, ({ ownerReferences }) =>
      ownerReferences.some(({ uid }) => uid === current.metadata.uid),
    );
  },
  'apps/StatefulSet': async (workload, kubernetes) =>
    podsOfRevision(workload, kubernetes, workload.live.status.updateRevision),
  'apps/DaemonSet': async (workload, kubernetes) => {
    const [newest] = (await revisionsOf(workload, 'ControllerRevision', kubernetes)).sort(
      (one, other) => (other.revision ?? 0) - (one.revision ?? 0),
    );
    return podsOfRevision(workload, kubernetes, newest?.metadata.labels['controller-revision-hash']);
  },
  'apps/ReplicaSet': async (workload, kubernetes) => ownedPods(workload, kubernetes, ownedBy(workload)),
  'argoproj.io/Rollout': async (workload, kubernetes) => {
    const hash = workload.live.status.currentPodHash;
    if (hash === undefined) return NO_REVISION;
    const replicaSet = `${workload.target.name}-${hash}`;
    return ownedPods(
      workload,
      kubernetes,
      ({ labels, ownerReferences }) =>
        labels['rollouts-pod-template-hash'] === hash && ownerReferences.some(({ name }) => name === replicaSet),
    );
  },
  'batch/Job': async (workload, kubernetes) => ownedPods(workload, kubernetes, ownedBy(workload)),
  'batch/CronJob': async () => ({ why: 'its pods come from Jobs of any age' }),
  '/Pod': async ({ object }) => ({ pods: parsePods([object]) }),
};

/**
 * Reads the pods that belong to a workload's current ReplicaSet or ControllerRevision: those of an older one still exist
 * while they end, and run the image before.
 * @throws Failure 2 where they may not be read; 75 where the cluster does not answer
 */
export const readCurrentPods: Read = (workload, kubernetes) => READERS[workload.target.kind](workload, kubernetes);

async function revisionsOf(workload: SettledWorkload, kind: string, kubernetes: Kubernetes): Promise<Revision[]> {
  const objects = await listFor(workload, 'apps/v1', kind, kubernetes);
  return objects
    .flatMap(object => Revision.safeParse(object).data ?? [])
    .filter(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === workload.live.metadata.uid));
}

async function podsOfRevision(
  workload: SettledWorkload,
  kubernetes: Kubernetes,
  hash: string | undefined,
): Promise<CurrentPods> {
  if (hash === undefined) return NO_REVISION;
  const isOwned = ownedBy(workload);
  return ownedPods(
    workload,
    kubernetes,
    metadata => isOwned(metadata) && metadata.labels['controller-revision-hash'] === hash,
  );
}

async function ownedPods(
  workload: SettledWorkload,
  kubernetes: Kubernetes,
  isCurrent: (metadata: Pod['metadata']) => boolean,
): Promise<CurrentPods> {
  const pods = parsePods(await listFor(workload, 'v1', 'Pod', kubernetes));
  return { pods: pods.filter(({ metadata }) => isCurrent(metadata) && metadata.deletionTimestamp === undefined) };
}

const ownedBy =
  ({ live }: SettledWorkload) =>
  ({ ownerReferences }: Pod['metadata']): boolean =>
    ownerReferences.some(({ uid }) => uid === live.metadata.uid);

async function listFor(
  { target, live }: SettledWorkload,
  apiVersion: string,
  kind: string,
  kubernetes: Kubernetes,
): Promise<unknown[]> {
  const labelSelector = labelSelectorOf(live);
  if (labelSelector === null) return [];
  return (await kubernetes.list({ apiVersion, kind, namespace: target.namespace, labelSelector })) ?? [];
}

const parsePods = (objects: unknown[]): Pod[] => objects.flatMap(object => Pod.safeParse(object).data ?? []);
