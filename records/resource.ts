import * as z from 'zod';
import { toDotPath } from 'zod/v4/core';
import { DeploymentRecord } from '../lib/contracts/deployment-record.ts';
import { DeploymentRecordPart, partName } from '../lib/contracts/deployment-record-part.ts';
import { DeploymentRecordSummary, summaryOf } from '../lib/contracts/deployment-record-summary.ts';
import type { Finding } from '../lib/ledger/chain.ts';
import { type StoredRecord, wholeOf } from '../lib/ledger/stored-record.ts';

const API_VERSION = 'aftersync.dev/v1alpha1';

const metadata = z.object({ name: z.string(), namespace: z.string().optional() });
const status = DeploymentRecord.omit({ schemaVersion: true, id: true, deployment: true });
const partStatus = DeploymentRecordPart.omit({ schemaVersion: true, record: true, index: true });

const RecordResource = z.object({
  kind: z.literal('DeploymentRecord'),
  metadata,
  spec: z.strictObject({ deployment: DeploymentRecord.shape.deployment }),
  // A run may end between the creation of a record and its first status.
  status: z
    .strictObject({ ...status.shape, summary: DeploymentRecordSummary.optional() })
    .default({ images: [], deliveries: [], runs: 0 }),
});
const PartResource = z.object({
  kind: z.literal('DeploymentRecordPart'),
  metadata,
  spec: z.strictObject({ record: DeploymentRecordPart.shape.record, index: DeploymentRecordPart.shape.index }),
  status: z.strictObject(partStatus.shape),
});

/** What an object of an export is: a record, a part of one, or neither. */
export type Read =
  | { type: 'record'; record: DeploymentRecord; summary: DeploymentRecordSummary | undefined }
  | { type: 'part'; part: DeploymentRecordPart }
  | { type: 'broken'; findings: Finding[] }
  | { type: 'other' };

const OfKind = z.object({ apiVersion: z.string(), kind: z.string(), metadata: z.object({ name: z.string() }) });

/** Reads one object. A record that breaks its contract is a finding like any other: somebody changed it. */
export function readResource(object: unknown): Read {
  const known = OfKind.safeParse(object);
  if (!known.success || !known.data.apiVersion.startsWith('aftersync.dev/')) return { type: 'other' };
  const { kind } = known.data;
  const { name } = known.data.metadata;
  if (kind === 'DeploymentRecord') {
    const read = RecordResource.safeParse(object);
    return read.success ? toRecord(read.data) : broken(name, read.error);
  }
  if (kind !== 'DeploymentRecordPart') return { type: 'other' };
  const read = PartResource.safeParse(object);
  if (!read.success) return broken(name, read.error);
  const { spec, status } = read.data;
  return { type: 'part', part: { schemaVersion: 'aftersync.deployment-record-part/v1', ...spec, ...status } };
}

function toRecord({ metadata, spec, status: { summary, ...status } }: z.output<typeof RecordResource>): Read {
  const { deployment } = spec;
  const record = { schemaVersion: 'aftersync.deployment-record/v1', id: metadata.name, deployment, ...status } as const;
  return { type: 'record', record, summary };
}

const broken = (record: string, { issues }: z.ZodError): Read => ({
  type: 'broken',
  findings: issues.map(({ path, message }) => ({
    record,
    receipt: null,
    path: toDotPath(path),
    what: `it breaks the contract: ${message}`,
  })),
});

/** What every object of ours has. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: object;
  status: object;
}

/** The record, and its parts after it, as the API server would hold them, for `kubectl` and for everything that reads an export. */
export function toResources(stored: StoredRecord): [Resource, ...Resource[]] {
  const { schemaVersion: _, id, deployment, ...status } = stored.record;
  const record = {
    apiVersion: API_VERSION,
    kind: 'DeploymentRecord',
    metadata: { name: id },
    spec: { deployment },
    status: { summary: summaryOf(wholeOf(stored)), ...status },
  };
  const parts = stored.parts.map(part => {
    const { schemaVersion: _, record, index, ...rest } = part;
    const spec = { record, index };
    return {
      apiVersion: API_VERSION,
      kind: 'DeploymentRecordPart',
      metadata: { name: partName(part) },
      spec,
      status: rest,
    };
  });
  return [record, ...parts];
}
