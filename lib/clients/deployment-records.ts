import * as z from 'zod';
import { Deployment } from '../contracts/deployment.ts';
import { DeploymentRecord } from '../contracts/deployment-record.ts';
import { DeploymentRecordSummary } from '../contracts/deployment-record-summary.ts';
import { refused } from '../runtime/failure.ts';
import { createCustomObjects } from './custom-objects.ts';
import { TIMEOUT_MS } from './kubernetes.ts';
import { createObjectPages } from './object-pages.ts';

/** A record as it was read: a write that names an older version is refused by the API server. */
export interface RecordVersion {
  record: DeploymentRecord;
  /** What the columns show; null before the first write of the status. */
  summary: DeploymentRecordSummary | null;
  /** metadata.uid, which its parts are owned by. */
  uid: string;
  resourceVersion: string;
}

/** The DeploymentRecord resources of one namespace. */
export interface DeploymentRecords {
  read(id: string): Promise<RecordVersion | null>;
  /** Creates the record with what was deployed and nothing else. @returns null where it exists already */
  create(record: Pick<DeploymentRecord, 'id' | 'deployment'>): Promise<RecordVersion | null>;
  /** Replaces the status. @returns null where somebody else changed it since it was read */
  replaceStatus(
    base: RecordVersion,
    record: DeploymentRecord,
    summary: DeploymentRecordSummary,
  ): Promise<RecordVersion | null>;
  /** Names and times alone. A record of a version that did not write the time there has none. */
  ofApplication(application: { instance: string; uid: string }): Promise<{ id: string; startedAt: string | null }[]>;
}

const TYPE = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };
const INSTANCE = 'aftersync.dev/instance';
const APPLICATION_UID = 'aftersync.dev/application-uid';
const STARTED_AT = 'aftersync.dev/started-at';
/** Names and times of an application's records that one answer holds. */
const PAGE = 500;

const SCHEMA_VERSION = 'aftersync.deployment-record/v1';
const Status = DeploymentRecord.omit({ schemaVersion: true, id: true, deployment: true });
/** A run may end between the creation of a record and its first status. */
const noStatus = { summary: null, images: [], deliveries: [], runs: 0, openedBy: [] };
const Stored = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), resourceVersion: z.string() }),
  spec: z.object({ deployment: Deployment }),
  status: z
    .object({ ...Status.shape, summary: z.object(DeploymentRecordSummary.shape).nullable().default(null) })
    .default(noStatus),
});
const Metadata = z.object({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
});
/** Of an answer to a write: what was written is known. */
const Written = z.object({ metadata: z.object({ uid: z.string(), resourceVersion: z.string() }) });

/** @throws as createCustomObjects; Failure 1 also for a record that this version cannot read */
export function createDeploymentRecords(namespace: string, timeoutMs: number = TIMEOUT_MS): DeploymentRecords {
  const objects = createCustomObjects(TYPE, namespace, timeoutMs, { answers: 'metadata' });
  const pages = createObjectPages(timeoutMs);
  return {
    async read(id) {
      const found = await objects.read(id);
      return found === null ? null : parse(found, id);
    },
    async create({ id, deployment }) {
      const { instance, uid } = deployment.source;
      const labels = { [INSTANCE]: instance, [APPLICATION_UID]: uid };
      const annotations = { [STARTED_AT]: deployment.operation.startedAt };
      const made = await objects.create({
        metadata: { name: id, labels, ...{ annotations } },
        ...{ spec: { deployment } },
      });
      if (made === null) return null;
      const { summary, ...kept } = noStatus;
      return {
        record: { schemaVersion: SCHEMA_VERSION, id, deployment, ...kept },
        summary,
        ...Written.parse(made).metadata,
      };
    },
    async replaceStatus({ resourceVersion }, record, summary) {
      const { schemaVersion: _, id: name, deployment, ...status } = record;
      const object = { metadata: { name, resourceVersion }, spec: { deployment }, status: { summary, ...status } };
      const written = await objects.replaceStatus(object);
      return written === null ? null : { record, summary, ...Written.parse(written).metadata };
    },
    async ofApplication({ instance, uid }) {
      const labelSelector = `${INSTANCE}=${instance},${APPLICATION_UID}=${uid}`;
      const found: { id: string; startedAt: string | null }[] = [];
      for await (const page of pages.metadata(TYPE, { namespace, labelSelector, limit: PAGE }))
        for (const object of page) {
          const { name, annotations } = Metadata.parse(object).metadata;
          found.push({ id: name, startedAt: annotations?.[STARTED_AT] ?? null });
        }
      return found;
    },
  };
}

/** A record that this version cannot read is never overwritten: that would lose what was delivered. */
function parse(object: unknown, id: string): RecordVersion {
  const result = Stored.safeParse(object);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw refused(
      'Record is not as documented',
      `DeploymentRecord ${id}: ${issue?.path.join('.')} ${issue?.message}`,
      'run the version that wrote it, and install the resource definition of this version (deploy/crds)',
    );
  }
  const { metadata, spec, status } = result.data;
  const { summary, ...kept } = status;
  const { name, uid, resourceVersion } = metadata;
  const record: DeploymentRecord = {
    schemaVersion: SCHEMA_VERSION,
    id: name,
    deployment: spec.deployment,
    ...kept,
  };
  return { record, summary, uid, resourceVersion };
}
