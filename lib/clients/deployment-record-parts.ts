import * as z from 'zod';
import { DeploymentRecordPart, partName } from '../contracts/deployment-record-part.ts';
import { refused } from '../runtime/failure.ts';
import { describeIssues } from '../runtime/parse.ts';
import { createCustomObjects } from './custom-objects.ts';
import { TIMEOUT_MS } from './kubernetes.ts';

/** A part as it was read: a write that names an older version is refused by the API server. */
export interface PartVersion {
  /** null where a run ended between the creation of the part and its first status. */
  part: DeploymentRecordPart | null;
  resourceVersion: string;
}

/** The DeploymentRecordPart resources of one namespace. */
export interface DeploymentRecordParts {
  read(name: string): Promise<PartVersion | null>;
  /** Creates the part with its name alone; it goes when the record goes. @returns null where it exists already */
  create(part: DeploymentRecordPart, recordUid: string): Promise<PartVersion | null>;
  /** Replaces the status. @returns null where somebody else changed it since it was read */
  replaceStatus(base: PartVersion, part: DeploymentRecordPart): Promise<PartVersion | null>;
}

const GROUP = { group: 'aftersync.dev', version: 'v1alpha1' };
const TYPE = { ...GROUP, plural: 'deploymentrecordparts', kind: 'DeploymentRecordPart' };

const Status = DeploymentRecordPart.pick({ images: true, deliveries: true, receipts: true, head: true });
const Stored = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.object(DeploymentRecordPart.pick({ record: true, index: true }).shape),
  status: z.object(Status.shape).optional(),
});
/** Of an answer to a write: what was written is known. */
const Written = Stored.pick({ metadata: true });

/** @throws as createCustomObjects; Failure 1 also for a part that this version cannot read */
export function createDeploymentRecordParts(namespace: string, timeoutMs: number = TIMEOUT_MS): DeploymentRecordParts {
  const objects = createCustomObjects(TYPE, namespace, timeoutMs, { answers: 'metadata' });
  return {
    async read(name) {
      const found = await objects.read(name);
      return found === null ? null : parse(found, name);
    },
    async create({ record, index }, recordUid) {
      const owner = { apiVersion: 'aftersync.dev/v1alpha1', kind: 'DeploymentRecord', name: record, uid: recordUid };
      const metadata = { name: partName({ record, index }), ownerReferences: [owner] };
      const made = await objects.create({ metadata, ...{ spec: { record, index } } });
      return made === null ? null : { part: null, ...Written.parse(made).metadata };
    },
    async replaceStatus({ resourceVersion }, part) {
      const { schemaVersion: _, record, index, ...status } = part;
      const object = { metadata: { name: partName(part), resourceVersion }, spec: { record, index }, status };
      const written = await objects.replaceStatus(object);
      return written === null ? null : { part, ...Written.parse(written).metadata };
    },
  };
}

/** A part that this version cannot read is never overwritten: that would lose what was delivered. */
function parse(object: unknown, name: string): PartVersion {
  const result = Stored.safeParse(object);
  if (!result.success)
    throw refused(
      'Record is not as documented',
      `DeploymentRecordPart ${name}: ${describeIssues(result.error)}`,
      'run the version that wrote it, and install the resource definition of this version (deploy/crds)',
    );
  const { metadata, spec, status } = result.data;
  const schemaVersion = 'aftersync.deployment-record-part/v1' as const;
  return { part: status === undefined ? null : { schemaVersion, ...spec, ...status }, ...metadata };
}
