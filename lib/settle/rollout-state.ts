import type { LiveWorkload } from './live-workload.ts';
import type { WorkloadKind } from './workload-kinds.ts';

/** null: the workload runs what its specification says. Otherwise what it still waits for, for a person. */
type Waiting = string | null;

const RULES: Record<WorkloadKind, (workload: LiveWorkload) => Waiting> = {
  'apps/Deployment': ({ spec, status }) => {
    if (spec.paused) return 'it is paused';
    const { updatedReplicas: updated = 0, replicas = 0 } = status;
    if (updated < desired(spec)) return `${updated} of ${desired(spec)} replicas are updated`;
    if (replicas > updated) return `${replicas - updated} old replicas are still there`;
    return ready(status.readyReplicas, desired(spec));
  },
  'apps/StatefulSet': ({ spec, status }) => {
    const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    const wanted = Math.max(0, desired(spec) - partition);
    // Its controller replaces no pod, and leaves currentRevision as it was when all have been replaced.
    if (isOnDelete(spec)) return replacedByHand(status.updatedReplicas, wanted) ?? ready(status.readyReplicas, wanted);
    if (partition === 0 && status.updateRevision !== status.currentRevision) return 'old replicas are still there';
    if (partition > 0 && (status.updatedReplicas ?? 0) < wanted)
      return `${status.updatedReplicas ?? 0} of ${wanted} replicas are updated`;
    return ready(status.readyReplicas, desired(spec));
  },
  'apps/DaemonSet': ({ spec, status }) => {
    const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0 } = status;
    if (isOnDelete(spec)) return replacedByHand(updated, wanted) ?? ready(status.numberReady, wanted);
    return updated < wanted ? `${updated} of ${wanted} pods are updated` : ready(status.numberReady, wanted);
  },
  'apps/ReplicaSet': ({ spec, status }) => ready(status.readyReplicas, desired(spec)),
  'argoproj.io/Rollout': ({ status }) => {
    if (status.abort) return 'it was aborted, its pods run the version before';
    if (status.phase !== 'Healthy') return `its phase is ${status.phase ?? 'not known'}`;
    return status.stableRS === status.currentPodHash ? null : 'old replicas are still there';
  },
  'batch/Job': () => null,
  'batch/CronJob': () => null,
  '/Pod': () => null,
};

/** Kinds whose pods are never replaced, so that there is nothing to observe. */
const WITHOUT_ROLLOUT: readonly WorkloadKind[] = ['batch/Job', 'batch/CronJob', '/Pod'];

/**
 * Whether a workload runs what its specification says, by the rules of `kubectl rollout status`.
 * @returns null where it does, otherwise what it still waits for
 */
export function waitingFor(kind: WorkloadKind, workload: LiveWorkload): Waiting {
  if (WITHOUT_ROLLOUT.includes(kind)) return null;
  const { generation = 0, deletionTimestamp } = workload.metadata;
  if (deletionTimestamp !== undefined) return 'it is being deleted';
  if ((workload.status.observedGeneration ?? 0) < generation) return 'its controller has not seen the change yet';
  return RULES[kind](workload);
}

const isOnDelete = ({ updateStrategy }: LiveWorkload['spec']): boolean => updateStrategy?.type === 'OnDelete';

const replacedByHand = (found: number | undefined, wanted: number): Waiting =>
  (found ?? 0) < wanted
    ? `${found ?? 0} of ${wanted} pods are updated; OnDelete leaves it to somebody to delete the others`
    : null;

const desired = (spec: LiveWorkload['spec']): number => spec.replicas ?? 1;

const ready = (found: number | undefined, wanted: number): Waiting =>
  (found ?? 0) < wanted ? `${found ?? 0} of ${wanted} replicas are ready` : null;
