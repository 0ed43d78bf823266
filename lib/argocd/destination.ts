const THIS_CLUSTER = 'https://kubernetes.default.svc';

/** Whether the destination of an Application is the cluster that its Argo CD runs in. Source: spec.destination of argoproj.io/v1alpha1. */
export const isInCluster = ({ server, name }: { server?: string | null; name?: string | null }): boolean =>
  server ? server.replace(/\/$/, '') === THIS_CLUSTER : name === 'in-cluster';
