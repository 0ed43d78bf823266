import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import type { Change } from '../../lib/ledger/change.ts';
import { applyChange } from '../../lib/ledger/record.ts';
import { toResources } from '../../records/resource.ts';
import { deploymentOf, evidenceOf } from './deployment.ts';
import { anImage } from './evidence.ts';

const step = 'submit-evidence' as const;

export interface Wanted {
  id: string;
  startedAt: string;
  uid?: string;
  /** Names of workloads; each runs an image of its own. */
  workloads?: string[];
  images?: DeployedImage[];
  state?: 'accepted' | 'rejected' | 'planned';
  deployment?: Partial<Deployment>;
}

/** A record whose chain holds, of a sync that brought these workloads and whose evidence came to this state. */
export function oldRecord({
  id,
  startedAt: at,
  uid = 'uid-1',
  state = 'accepted',
  ...wanted
}: Wanted): DeploymentRecord {
  const images = wanted.images ?? (wanted.workloads ?? ['api']).map(name => anImage(name));
  const resources = images
    .flatMap(image => image.workloads)
    .map(({ group, kind, namespace, name, hookType }) => {
      return { group, kind, namespace, name, hookType, status: 'Synced' as const, images: [] };
    });
  const deployment = { ...deploymentOf(id, at, uid), resources, ...wanted.deployment };
  const subjects = images.map(image => `${image.registry}/${image.repository}@${image.digest}`);
  const deliveries = subjects.map(evidenceOf);
  const claimed = { at, step, owner: 'run/1', keyHonoured: true };
  const answer = { httpStatus: 201, responseId: null, detail: 'answered', attempts: 1, repeats: 0 };
  const changes: Change[] = [
    { type: 'open', at, deployment, run: 'run' },
    { type: 'plan', at, step, artifacts: 'known', images, deliveries },
    ...(state === 'planned' ? [] : subjects).flatMap((subject): Change[] => [
      { type: 'claim', ...claimed, subject, leaseUntil: at },
      { type: 'result', ...claimed, subject, result: { state: state === 'planned' ? 'rejected' : state, ...answer } },
    ]),
  ];
  const record = changes.reduce<DeploymentRecord | null>(applyChange, null);
  if (record === null) throw new Error('no record');
  return record;
}

/** The record as an API server holds it. */
export function toStoredObject(record: DeploymentRecord, createdAt = record.deployment.operation.startedAt) {
  const [object] = toResources({ record, parts: [] });
  const { source } = record.deployment;
  return {
    ...(object as { apiVersion: string; kind: string; spec: unknown; status: Record<string, unknown> }),
    metadata: {
      name: record.id,
      namespace: 'argocd',
      uid: `uid-of-${record.id}`,
      resourceVersion: '1',
      creationTimestamp: createdAt,
      labels: { 'aftersync.dev/instance': source.instance, 'aftersync.dev/application-uid': source.uid },
    },
  };
}
export type StoredObject = ReturnType<typeof toStoredObject>;

/** What `kubectl get deploymentrecords -o wide` shows of it. */
export const toTableRow = ({ metadata, spec, status }: StoredObject): Record<string, unknown> => ({
  Name: metadata.name,
  App: 'guestbook',
  State: (status.summary as { state?: string } | undefined)?.state ?? null,
  Started: (spec as { deployment: Deployment }).deployment.operation.startedAt,
  Changed: (status.summary as { changedAt?: string } | undefined)?.changedAt ?? null,
});
