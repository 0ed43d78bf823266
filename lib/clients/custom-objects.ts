import type { CustomObjectsApi } from '@kubernetes/client-node';
import * as z from 'zod';
import { badInput, type Failure, refused } from '../runtime/failure.ts';
import { connection, itemsOf, TIMEOUT_MS, toFailure } from './kubernetes.ts';

/** A custom resource type, as its URL names it. */
export interface ResourceType {
  group: string;
  version: string;
  plural: string;
  /** For messages. */
  kind: string;
}

/** The objects of one custom resource type in one namespace. What comes back is foreign: parse it. */
export interface CustomObjects {
  /** @returns null where it does not exist */
  read(name: string): Promise<unknown | null>;
  /** @returns it, null where an object of that name exists already */
  create(object: { metadata: { name: string; labels?: Record<string, string> } }): Promise<unknown | null>;
  /** @returns it, null where somebody else changed it since the version that the object names was read */
  replaceStatus(object: { metadata: { name: string; resourceVersion: string } }): Promise<unknown | null>;
  list(labelSelector?: string): Promise<unknown[]>;
  /**
   * Deletes what was read, and nothing newer; the objects that it owns go with it.
   * @returns false where somebody changed it since, or it is gone
   */
  remove(object: { name: string; uid: string; resourceVersion: string }): Promise<boolean>;
}

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const List = z.object({ items: z.array(z.unknown()).nullish() }).catch({});
const ApiStatus = z.object({ message: z.string() });

/**
 * Unknown fields are refused by the API server, so that nothing is lost in silence.
 * @param answers what a write answers: the object, or its metadata alone where the rest is known, which spares the API server time
 * @throws Failure 1 the object is refused; 2 forbidden, or the type or the namespace is not there; 75 the API server does not
 * answer, or not within the timeout
 */
export function createCustomObjects(
  { kind, ...resource }: ResourceType,
  namespace: string,
  timeoutMs: number = TIMEOUT_MS,
  { answers = 'whole' }: { answers?: 'whole' | 'metadata' } = {},
): CustomObjects {
  let reader: Promise<CustomObjectsApi> | undefined;
  let writer: Promise<CustomObjectsApi> | undefined;
  const reading = () => {
    reader ??= connectCustomObjects(timeoutMs);
    return reader;
  };
  const writing = () => {
    writer ??= answers === 'whole' ? reading() : connectCustomObjects(timeoutMs, METADATA);
    return writer;
  };
  const of = { ...resource, namespace };
  return {
    read: name => statusOr(reading, [404], name, client => client.getNamespacedCustomObject({ ...of, name })),
    create: body =>
      statusOr(writing, [409], body.metadata.name, client =>
        client.createNamespacedCustomObject({
          ...of,
          body: typed(body),
          fieldValidation: 'Strict',
        }),
      ),
    replaceStatus: body =>
      statusOr(writing, [409], body.metadata.name, client =>
        client.replaceNamespacedCustomObjectStatus({
          ...of,
          name: body.metadata.name,
          body: typed(body),
          fieldValidation: 'Strict',
        }),
      ),
    async list(labelSelector) {
      const found = await statusOr(reading, [], labelSelector ?? 'all', client =>
        client.listNamespacedCustomObject({ ...of, ...(labelSelector !== undefined && { labelSelector }) }),
      );
      return itemsOf(List.parse(found), `${kind} in ${namespace}`);
    },
    async remove({ name, ...preconditions }) {
      const body = { preconditions, propagationPolicy: 'Background' };
      const gone = await statusOr(reading, [404, 409], name, client =>
        client.deleteNamespacedCustomObject({ ...of, name, body }),
      );
      return gone !== null;
    },
  };

  function typed(body: object): object {
    return { apiVersion: `${resource.group}/${resource.version}`, kind, ...body };
  }

  /** @returns null where the API server answers one of the statuses */
  async function statusOr(
    connected: () => Promise<CustomObjectsApi>,
    statuses: readonly number[],
    on: string,
    call: (client: CustomObjectsApi) => Promise<unknown>,
  ): Promise<unknown | null> {
    const client = await connected();
    try {
      return await call(client);
    } catch (error) {
      if (statuses.some(status => isStatus(error, status))) return null;
      throw failureOf(error, `${kind} ${namespace}/${on}`);
    }
  }
}

/** @param accept media type of the answers, where it is not the object as JSON */
export async function connectCustomObjects(timeoutMs: number, accept?: string): Promise<CustomObjectsApi> {
  const [{ CustomObjectsApi }, configuration] = await Promise.all([
    import('./kubernetes-library.ts'),
    connection(timeoutMs, accept),
  ]);
  return new CustomObjectsApi(configuration);
}

function failureOf(error: unknown, on: string): Failure {
  if (isStatus(error, 404))
    return badInput(
      'No such resource type or namespace',
      on,
      'install its custom resource definition (deploy/crds for ours), and create the namespace',
    );
  if ([400, 413, 422].some(status => isStatus(error, status)))
    return refused(
      'Kubernetes refuses the object',
      `${on}: ${reasonOf(error)}`,
      'install the resource definition of the version that runs',
    );
  return toFailure(error, on);
}

const isStatus = (error: unknown, status: number): boolean => (error as { code?: unknown }).code === status;

function reasonOf(error: unknown): string {
  const { code, body } = error as { code?: unknown; body?: unknown };
  const status = ApiStatus.safeParse(typeof body === 'string' ? jsonOf(body) : body);
  return status.success ? status.data.message : String(code);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
