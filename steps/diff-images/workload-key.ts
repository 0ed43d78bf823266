/** What identifies an object of the cluster, whichever version it is written in. */
export interface ObjectKey {
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

/** One text for one object. No part of a Kubernetes name can hold the separator. */
export const keyOf = ({ group, kind, namespace, name }: ObjectKey): string => [group, kind, namespace, name].join('/');

/** How an object is called in a message. */
export const labelOf = ({ kind, namespace, name }: ObjectKey): string =>
  namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;

export type { NotLookedAt } from '../../lib/contracts/unknown-images.ts';
