import { randomBytes } from 'node:crypto';
import { connection, TIMEOUT_MS } from '../../lib/clients/kubernetes.ts';

/** Runs with a namespace of its own in the cluster that KUBECONFIG names; what is in it goes with it. */
export async function withNamespace<T>(work: (namespace: string) => Promise<T>): Promise<T> {
  const { CoreV1Api } = await import('@kubernetes/client-node');
  const client = new CoreV1Api(await connection(TIMEOUT_MS));
  const name = `bench-ledger-${randomBytes(3).toString('hex')}`;
  await client.createNamespace({ body: { metadata: { name } } });
  try {
    return await work(name);
  } finally {
    await client.deleteNamespace({ name });
  }
}
