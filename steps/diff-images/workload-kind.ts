/** What is known of a kind before its object is read. */
export type WorkloadKind =
  /** Its pod spec stands in one place. */
  | { holds: 'pod-spec'; path: readonly string[] }
  /** A custom resource: a pod template may stand anywhere in it. */
  | { holds: 'anything' }
  /** Text, schemas, rules or other applications: what looks like an image in it deploys none. */
  | { holds: 'nothing' };

const TEMPLATE = ['spec', 'template', 'spec'];

const BUILT_IN: Partial<Record<string, readonly string[]>> = {
  '/Pod': ['spec'],
  '/ReplicationController': TEMPLATE,
  '/PodTemplate': ['template', 'spec'],
  'apps/Deployment': TEMPLATE,
  'apps/StatefulSet': TEMPLATE,
  'apps/DaemonSet': TEMPLATE,
  'apps/ReplicaSet': TEMPLATE,
  'extensions/Deployment': TEMPLATE,
  'extensions/DaemonSet': TEMPLATE,
  'extensions/ReplicaSet': TEMPLATE,
  'batch/Job': TEMPLATE,
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  'argoproj.io/Rollout': TEMPLATE,
};

/** Kinds that describe pods, or carry the values of a chart, without deploying what they name. */
const DESCRIBING = [
  /^argoproj\.io\/(Application|ApplicationSet|AppProject)$/,
  /^(.+\.)?kyverno\.io\//,
  /^(.+\.)?gatekeeper\.sh\//,
];

/** Where the images of a kind are to be looked for. `group` is empty for core. */
export function workloadKind(group: string, kind: string): WorkloadKind {
  const name = `${group}/${kind}`;
  const path = BUILT_IN[name];
  if (path !== undefined) return { holds: 'pod-spec', path };
  if (isBuiltInGroup(group) || DESCRIBING.some(pattern => pattern.test(name))) return { holds: 'nothing' };
  return { holds: 'anything' };
}

/** Kubernetes' own groups have no dot, or end with k8s.io; projects beside it use x-k8s.io. */
const isBuiltInGroup = (group: string): boolean => !group.includes('.') || /(^|\.)k8s\.io$/.test(group);
