import type { CoreV1Api, V1ConfigMap } from '@kubernetes/client-node';
import * as z from 'zod';
import { DEAD_LETTER_LABEL, type DeadLetter } from '../dead-letters/dead-letter.ts';
import { badInput, transient } from '../runtime/failure.ts';
import { connection, TIMEOUT_MS, toFailure } from './kubernetes.ts';

/** The events that the Sensor kept because it could not start a Workflow, one ConfigMap each. */
export interface DeadLetters {
  /** @param all also those that were replayed */
  list(options?: { all?: boolean }): Promise<DeadLetter[]>;
  /** @returns null where there is no such ConfigMap, or it is none of ours */
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
  data: z.object({ event: z.string().optional() }).optional(),
});

/** @throws Failure 2 forbidden; 75 the API server does not answer */
export function createDeadLetters(namespace: string, timeoutMs: number = TIMEOUT_MS): DeadLetters {
  let api: Promise<CoreV1Api> | undefined;
  const connected = () => {
    api ??= connect(timeoutMs);
    return api;
  };
  const readObject = async (name: string): Promise<V1ConfigMap | null> => {
    const client = await connected();
    return client.readNamespacedConfigMap({ namespace, name }).catch((error: unknown) => {
      if (statusOf(error) === 404) return null;
      throw toFailure(error, `ConfigMap ${namespace}/${name}`);
    });
  };
  return {
    async list({ all = false } = {}) {
      const client = await connected();
      const labelSelector = all ? DEAD_LETTER_LABEL : `${DEAD_LETTER_LABEL}=true`;
      const found = await client.listNamespacedConfigMap({ namespace, labelSelector }).catch((error: unknown) => {
        throw toFailure(error, `ConfigMaps of ${namespace}`);
      });
      return found.items.map(toDeadLetter);
    },
    async read(name) {
      const found = await readObject(name);
      return found?.metadata?.labels?.[DEAD_LETTER_LABEL] === undefined ? null : toDeadLetter(found);
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

function toDeadLetter(object: V1ConfigMap): DeadLetter {
  const { metadata, data } = Kept.parse(object);
  return {
    name: metadata.name,
    at: metadata.creationTimestamp.toISOString().replace('.000Z', 'Z'),
    replayed: metadata.labels[DEAD_LETTER_LABEL] !== 'true',
    event: data?.event ?? null,
  };
}

async function connect(timeoutMs: number): Promise<CoreV1Api> {
  const [{ CoreV1Api }, configuration] = await Promise.all([import('./kubernetes-library.ts'), connection(timeoutMs)]);
  return new CoreV1Api(configuration);
}

const statusOf = (error: unknown): unknown => (error as { code?: unknown }).code;
