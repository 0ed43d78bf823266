import type { KubernetesObject } from '../../../local/standins/kubernetes.ts';

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

interface Container {
  name: string;
  image: string;
}

const metadata = (name: string, uid: string, more: object = {}) => ({ name, namespace: 'pay', uid, ...more });
const owner = (kind: string, name: string, uid: string) => ({ ownerReferences: [{ kind, name, uid }] });
const statuses = (containers: Container[], imageID: string) => containers.map(({ name }) => ({ name, imageID }));

/** One of the pods of a ReplicaSet, which runs one digest in every container. */
export const pod = (
  replicaSet: string,
  name: string,
  app: string,
  runs: string,
  containers: Container[] = [{ name: 'main', image: 'r/pay/api:2' }],
  initContainers: Container[] = [],
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name, `uid-${name}`, { labels: { app }, ...owner('ReplicaSet', replicaSet, `uid-${replicaSet}`) }),
  spec: { containers, initContainers },
  status: {
    containerStatuses: statuses(containers, `r/pay/api@${runs}`),
    initContainerStatuses: statuses(initContainers, `r/pay/init@${runs}`),
  },
});

export const replicaSet = (name: string, app: string, revision: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: metadata(name, `uid-${name}`, {
    labels: { app },
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    ...owner('Deployment', app, `uid-${app}`),
  }),
});

/** A Deployment of two replicas of which some run its present template. */
export const deployment = (
  app: string,
  {
    updated = 2,
    revision = 2,
    containers = [{ name: 'main', image: 'r/pay/api:2' }] as Container[],
    init = [] as Container[],
  } = {},
): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(app, `uid-${app}`, {
    generation: 2,
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
  }),
  spec: {
    replicas: 2,
    selector: { matchLabels: { app } },
    template: { spec: { containers, initContainers: init } },
  },
  status: { observedGeneration: 2, replicas: 2, updatedReplicas: updated, readyReplicas: 2 },
});
