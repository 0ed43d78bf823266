import type { CoreV1Api, V1ConfigMap } from '@kubernetes/client-node';
import * as z from 'zod';
import { DEAD_LETTER_LABEL, type DeadLetter, type ListedDeadLetter } from '../dead-letters/dead-letter.ts';
import { badInput, transient } from '../runtime/failure.ts';
import { connection, itemsOf, TIMEOUT_MS, toFailure } from './kubernetes.ts';

/** The events that the Sensor kept because it could not start a Workflow, one ConfigMap each. */
export interface DeadLetters {
  /**
   * Without their events: each may have half a megabyte, and nobody limits how many there are.
   * @param all also those that were replayed
   */
  list(options?: { all?: boolean }): Promise<ListedDeadLetter[]>;
  /** With its event. @returns null where there is no such ConfigMap, or it is none of ours */
  read(name: string): Promise<DeadLetter | null>;
  /** Keeps the event and says that it was replayed. */
  markReplayed(name: string): Promise<void>;
}

const Kept = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: z.coerce.date(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
});

const A_PAGE = 500;
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** @throws Failure 2 forbidden; 75 the API server does not answer */
export function createDeadLetters(namespace: string, timeoutMs: number = TIMEOUT_MS): DeadLetters {
  const clients = new Map<string | undefined, Promise<CoreV1Api>>();
  const connected = (accept?: string) => {
    const client = clients.get(accept) ?? connect(timeoutMs, accept);
    clients.set(accept, client);
    return client;
  };
  const page = async (accept: string | undefined, query: { labelSelector: string; [field: string]: unknown }) => {
    const client = await connected(accept);
    return client.listNamespacedConfigMap({ namespace, ...query }).catch((error: unknown) => {
      throw toFailure(error, `ConfigMaps of ${namespace}`);
    });
  };
  /** By a list: reconcile has the right to nothing else. */
  const readObject = async (name: string): Promise<V1ConfigMap | null> => {
    const query = { labelSelector: DEAD_LETTER_LABEL, fieldSelector: `metadata.name=${name}`, limit: 1 };
    return (
      itemsOf(await page(undefined, query), `ConfigMaps of ${namespace}`).find(
        ({ metadata }) => metadata?.name === name,
      ) ?? null
    );
  };
  return {
    async list({ all = false } = {}) {
      const labelSelector = all ? DEAD_LETTER_LABEL : `${DEAD_LETTER_LABEL}=true`;
      const letters: ListedDeadLetter[] = [];
      let from: string | undefined;
      do {
        const { items, metadata } = await page(METADATA, { labelSelector, limit: A_PAGE, _continue: from });
        letters.push(...itemsOf({ items }, `ConfigMaps of ${namespace}`).map(toListed));
        from = metadata?._continue || undefined;
      } while (from !== undefined);
      return letters;
    },
    async read(name) {
      const found = await readObject(name);
      return found === null ? null : { ...toListed(found), event: found.data?.event ?? null };
    },
    async markReplayed(name) {
      const client = await connected();
      const found = await readObject(name);
      if (found === null) throw badInput('No such dead letter', `ConfigMap ${namespace}/${name}`, 'list them again');
      const labels = { ...found.metadata?.labels, [DEAD_LETTER_LABEL]: 'replayed' };
      const body = { ...found, metadata: { ...found.metadata, labels } };
      await client.replaceNamespacedConfigMap({ namespace, name, body }).catch((error: unknown) => {
        const on = `ConfigMap ${namespace}/${name}`;
        if (statusOf(error) === 409) throw transient('Somebody else changed it', on, 'run the command again');
        throw toFailure(error, on);
      });
    },
  };
}

function toListed(object: V1ConfigMap): ListedDeadLetter {
  const { metadata } = Kept.parse(object);
  return {
    name: metadata.name,
    at: metadata.creationTimestamp.toISOString().replace('.000Z', 'Z'),
    replayed: metadata.labels[DEAD_LETTER_LABEL] !== 'true',
  };
}

async function connect(timeoutMs: number, accept?: string): Promise<CoreV1Api> {
  const [{ CoreV1Api }, configuration] = await Promise.all([
    import('./kubernetes-library.ts'),
    connection(timeoutMs, accept),
  ]);
  return new CoreV1Api(configuration);
}

const statusOf = (error: unknown): unknown => (error as { code?: unknown }).code;
