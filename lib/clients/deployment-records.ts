import type { CustomObjectsApi } from '@kubernetes/client-node';
import * as z from 'zod';
import { Deployment } from '../contracts/deployment.ts';
import { DeploymentRecord } from '../contracts/deployment-record.ts';
import { summaryOf } from '../contracts/deployment-record-summary.ts';
import { badInput, type Failure, refused } from '../runtime/failure.ts';
import { connection, TIMEOUT_MS, toFailure } from './kubernetes.ts';

/** A record as it was read: a write that names an older version is refused by the API server. */
export interface RecordVersion {
  record: DeploymentRecord;
  resourceVersion: string;
}

/** The DeploymentRecord resources of one namespace. */
export interface DeploymentRecords {
  read(id: string): Promise<RecordVersion | null>;
  /** Creates the record without deliveries, which are status. @returns null where it exists already */
  create(record: DeploymentRecord): Promise<RecordVersion | null>;
  /** Replaces images, deliveries and runs. @returns null where somebody else changed it since it was read */
  replaceStatus(resourceVersion: string, record: DeploymentRecord): Promise<RecordVersion | null>;
  ofApplication(application: { instance: string; uid: string }): Promise<DeploymentRecord[]>;
}

const resource = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords' };
const INSTANCE = 'aftersync.dev/instance';
const APPLICATION_UID = 'aftersync.dev/application-uid';

const Status = DeploymentRecord.omit({ schemaVersion: true, id: true, deployment: true });
type Status = z.infer<typeof Status>;
/** A run may end between the creation of a record and its first status. */
const noStatus: Status = { images: [], deliveries: [], runs: 0, openedBy: [] };
const Stored = z.object({
  metadata: z.object({ name: z.string(), resourceVersion: z.string() }),
  spec: z.object({ deployment: Deployment }),
  status: z.object(Status.shape).default(noStatus),
});
const StoredList = z.object({ items: z.array(Stored) });

/** @throws Failure 2 forbidden, or the resource type is not installed; 75 the API server does not answer, or not within the timeout */
export function createDeploymentRecords(namespace: string, timeoutMs: number = TIMEOUT_MS): DeploymentRecords {
  let api: Promise<CustomObjectsApi> | undefined;
  const connected = () => {
    api ??= connect(timeoutMs);
    return api;
  };
  return {
    async read(id) {
      const client = await connected();
      const found = await statusOr([404], id, () =>
        client.getNamespacedCustomObject({ ...resource, namespace, name: id }),
      );
      return found === null ? null : parse(found, id);
    },
    async create(record) {
      const client = await connected();
      const body = toObject(record, undefined);
      const made = await statusOr([409], record.id, () =>
        client.createNamespacedCustomObject({ ...resource, namespace, body, fieldValidation: 'Strict' }),
      );
      return made === null ? null : parse(made, record.id);
    },
    async replaceStatus(resourceVersion, record) {
      const client = await connected();
      const body = toObject(record, resourceVersion);
      const written = await statusOr([409], record.id, () =>
        client.replaceNamespacedCustomObjectStatus({
          ...resource,
          namespace,
          name: record.id,
          body,
          fieldValidation: 'Strict',
        }),
      );
      return written === null ? null : parse(written, record.id);
    },
    async ofApplication({ instance, uid }) {
      const client = await connected();
      const labelSelector = `${INSTANCE}=${instance},${APPLICATION_UID}=${uid}`;
      const found = await statusOr([], labelSelector, () =>
        client.listNamespacedCustomObject({ ...resource, namespace, labelSelector }),
      );
      return checked(StoredList, found, labelSelector).items.map(toRecord);
    },
  };

  /** @returns null where the API server answers one of the statuses */
  async function statusOr(statuses: readonly number[], on: string, call: () => Promise<unknown>) {
    try {
      return await call();
    } catch (error) {
      if (statuses.some(status => isStatus(error, status))) return null;
      throw failureOf(error, `DeploymentRecord ${namespace}/${on}`);
    }
  }
}

async function connect(timeoutMs: number): Promise<CustomObjectsApi> {
  const [{ CustomObjectsApi }, configuration] = await Promise.all([
    import('@kubernetes/client-node'),
    connection(timeoutMs),
  ]);
  return new CustomObjectsApi(configuration);
}

function failureOf(error: unknown, on: string): Failure {
  if (isStatus(error, 404)) return badInput('Record cannot be kept', on, 'apply deploy/crds, and create the namespace');
  if ([400, 413, 422].some(status => isStatus(error, status)))
    return refused(
      'Kubernetes refuses the record',
      `${on}: ${reasonOf(error)}`,
      'apply deploy/crds of the version that runs',
    );
  return toFailure(error, on);
}

const ApiStatus = z.object({ message: z.string() });

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

const isStatus = (error: unknown, status: number): boolean => (error as { code?: unknown }).code === status;

function toObject(record: DeploymentRecord, resourceVersion: string | undefined) {
  const { schemaVersion: _, id, deployment, ...status } = record;
  return {
    apiVersion: `${resource.group}/${resource.version}`,
    kind: 'DeploymentRecord',
    metadata: {
      name: id,
      ...(resourceVersion !== undefined && { resourceVersion }),
      labels: { [INSTANCE]: deployment.source.instance, [APPLICATION_UID]: deployment.source.uid },
    },
    spec: { deployment },
    status: { summary: summaryOf(record), ...status },
  };
}

const toRecord = ({ metadata, spec, status }: z.output<typeof Stored>): DeploymentRecord => ({
  schemaVersion: 'aftersync.deployment-record/v1',
  id: metadata.name,
  deployment: spec.deployment,
  ...status,
});

function parse(object: unknown, id: string): RecordVersion {
  const stored = checked(Stored, object, id);
  return { record: toRecord(stored), resourceVersion: stored.metadata.resourceVersion };
}

/** A record that this version cannot read is never overwritten: that would lose what was delivered. */
function checked<T extends z.ZodType>(schema: T, object: unknown, on: string): z.output<T> {
  const result = schema.safeParse(object);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(
    'Record is not as documented',
    `DeploymentRecord ${on}: ${issue?.path.join('.')} ${issue?.message}`,
    'run the version that wrote it, and install the resource definition of this version (deploy/crds)',
  );
}
