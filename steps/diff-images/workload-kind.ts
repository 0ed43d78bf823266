/** What is known of a kind before its object is read. */
export type WorkloadKind =
  /** Its pod spec stands in one place. */
  | { holds: 'pod-spec'; path: readonly string[]; selects: boolean }
  /** A custom resource: a pod template may stand anywhere in it. */
  | { holds: 'anything' }
  /** Text, schemas, rules or other applications: what looks like an image in it deploys none. chosenBy: what does, for a person. */
  | { holds: 'nothing'; chosenBy?: string };

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

/** They have a template with the labels that they select their pods by. */
const SELECTING = /^(apps|extensions)\//;

/** Kinds that describe pods, or carry the values of a chart, without deploying what they name. */
const DESCRIBING = [
  /^argoproj\.io\/(Application|ApplicationSet|AppProject)$/,
  /^(.+\.)?kyverno\.io\//,
  /^(.+\.)?gatekeeper\.sh\//,
];

/** What installs charts renders them in the cluster: no manifest holds what it deploys. */
const CHARTS =
  /^(helm\.toolkit\.fluxcd\.io\/HelmRelease|helm\.cattle\.io\/HelmChart(Config)?|helm\.crossplane\.io\/Release)$/;

/**
 * The groups that the API server serves itself. Every other one is of custom resources, also those of projects that use k8s.io.
 * Source: kubernetes v1.36, pkg/apis and staging/src/k8s.io/api; and those that it served in former versions.
 */
const BUILT_IN_GROUPS = new Set([
  '',
  'admission.k8s.io',
  'admissionregistration.k8s.io',
  'apidiscovery.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'auditregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'imagepolicy.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'settings.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

/** Where the images of a kind are to be looked for. `group` is empty for core. */
export function workloadKind(group: string, kind: string): WorkloadKind {
  const name = `${group}/${kind}`;
  const path = BUILT_IN[name];
  if (path !== undefined) return { holds: 'pod-spec', path, selects: SELECTING.test(name) };
  if (CHARTS.test(name))
    return { holds: 'nothing', chosenBy: 'it installs a chart, whose images are not in the manifest' };
  if (BUILT_IN_GROUPS.has(group) || DESCRIBING.some(pattern => pattern.test(name))) return { holds: 'nothing' };
  return { holds: 'anything' };
}
