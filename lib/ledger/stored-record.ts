import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import type { DeploymentRecordPart } from '../contracts/deployment-record-part.ts';

/** A record as it is kept: itself, and its parts by index. */
export interface StoredRecord {
  record: DeploymentRecord;
  parts: DeploymentRecordPart[];
}

/** The record with the images and deliveries of its parts. Its receipts are its own. */
export function wholeOf({ record, parts }: StoredRecord): DeploymentRecord {
  if (parts.length === 0) return record;
  return {
    ...record,
    images: [record, ...parts].flatMap(({ images }) => images),
    deliveries: [record, ...parts].flatMap(({ deliveries }) => deliveries),
  };
}
