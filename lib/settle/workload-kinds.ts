/** The workloads whose shape is known here, with the version they are read in. */
const API_VERSIONS = {
  'apps/Deployment': 'apps/v1',
  'apps/StatefulSet': 'apps/v1',
  'apps/DaemonSet': 'apps/v1',
  'apps/ReplicaSet': 'apps/v1',
  'batch/Job': 'batch/v1',
  'batch/CronJob': 'batch/v1',
  '/Pod': 'v1',
  'argoproj.io/Rollout': 'argoproj.io/v1alpha1',
} as const;

export type WorkloadKind = keyof typeof API_VERSIONS;

const isWorkloadKind = (text: string): text is WorkloadKind => Object.hasOwn(API_VERSIONS, text);

/** @returns null for a kind that this program does not know how to read */
export function workloadKindOf({ group, kind }: { group: string; kind: string }): WorkloadKind | null {
  const text = `${group}/${kind}`;
  return isWorkloadKind(text) ? text : null;
}

export const apiVersionOf = (kind: WorkloadKind): string => API_VERSIONS[kind];
