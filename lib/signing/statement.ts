import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { summaryOf } from '../contracts/deployment-record-summary.ts';
import { DeploymentStatement } from '../contracts/deployment-statement.ts';

/** The end of a record's chain of receipts. */
export interface ChainHead {
  /** Of the last receipt, from 1. */
  sequence: number;
  /** Its hash. */
  head: string;
}

/** More would be larger than what it is about, and the head covers them all. */
const MAX_SUBJECTS = 100;

/** What a seal says of a record. The same record and head give the same statement, byte for byte. */
export function statementOf(record: DeploymentRecord, { sequence, head }: ChainHead): DeploymentStatement {
  const { source, operation, targetEnvironment } = record.deployment;
  const { instance, namespace, name } = source;
  const { changeRequest } = summaryOf(record);
  const artifacts = deployedArtifacts(record);
  return DeploymentStatement.parse({
    _type: 'https://in-toto.io/Statement/v1',
    subject: artifacts.length > 0 && artifacts.length <= MAX_SUBJECTS ? artifacts : [itself(record.id, head)],
    predicateType: 'https://aftersync.dev/deployment/v1',
    predicate: {
      record: record.id,
      sequence,
      head,
      application: { instance, namespace, name },
      environment: targetEnvironment,
      startedAt: operation.startedAt,
      phase: operation.phase,
      ...(changeRequest !== undefined && { changeRequest }),
    },
  });
}

type Subject = DeploymentStatement['subject'][number];

function deployedArtifacts({ images }: DeploymentRecord): Subject[] {
  const found = new Map<string, Subject>();
  for (const { registry, repository, digest } of images)
    if (digest !== null && registry !== '')
      found.set(`${registry}/${repository}@${digest}`, {
        name: `${registry}/${repository}`,
        digest: { sha256: digest.replace(/^sha256:/, '') },
      });
  return [...found.values()];
}

/** A Statement must be about something. */
const itself = (id: string, sha256: string): Subject => ({ name: `deploymentrecord/${id}`, digest: { sha256 } });
