import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { ImageDiff, Workload } from '../../lib/contracts/image-diff.ts';
import { parseImageReference } from '../../lib/images/reference.ts';
import type { WorkloadImages } from './workload-images.ts';
import { keyOf, type ObjectKey } from './workload-key.ts';

/** An image that a workload ran before. */
export interface PreviousImage {
  text: string;
  registry: string;
  repository: string;
  tag: string | null;
  digest: string | null;
  container: string | null;
  containerType: Workload['containerType'];
}

export interface Previous {
  from: ImageDiff['previous'];
  /** null: this workload was not seen before. */
  of(workload: ObjectKey): PreviousImage[] | null;
}

/**
 * What the workloads ran before, from the records of earlier operations where there are any, otherwise from the strategy.
 * @param records of the same application, the newest first
 */
export function previousImages(records: readonly DeploymentRecord[], observed: WorkloadImages[] | null): Previous {
  const recorded = fromRecords(records);
  const seen = fromWorkloads(observed ?? []);
  const of = (workload: ObjectKey) => recorded.get(keyOf(workload)) ?? seen.get(keyOf(workload)) ?? null;
  if (recorded.size > 0) return { from: 'ledger', of };
  return { from: observed === null ? 'unknown' : 'strategy', of };
}

/** Workloads that a record knows: what older records say of them is over. */
export const workloadsIn = (record: DeploymentRecord): Set<string> => new Set(imagesOfRecord(record).keys());

/** For each workload, the newest record that knows it. */
function fromRecords(records: readonly DeploymentRecord[]): Map<string, PreviousImage[]> {
  const newest = new Map<string, PreviousImage[]>();
  for (const record of records)
    for (const [key, images] of imagesOfRecord(record)) if (!newest.has(key)) newest.set(key, images);
  return newest;
}

/** A failed operation left running only what was applied; what was pruned runs nothing. */
function imagesOfRecord({ deployment, images }: DeploymentRecord): Map<string, PreviousImage[]> {
  const withStatus = (status: string) =>
    deployment.resources.filter(resource => resource.status === status).map(resource => keyOf(resource));
  const applied = new Set(withStatus('Synced'));
  const found = new Map<string, PreviousImage[]>(withStatus('Pruned').map(key => [key, []]));
  for (const { reference, workloads, registry, repository, tag, digest } of images)
    for (const { container, containerType, ...workload } of workloads) {
      const key = keyOf(workload);
      if (deployment.eventStatus === 'FAILED' && !applied.has(key)) continue;
      const image = { text: reference, registry, repository, tag, digest, container, containerType };
      found.set(key, [...(found.get(key) ?? []), image]);
    }
  return found;
}

function fromWorkloads(workloads: readonly WorkloadImages[]): Map<string, PreviousImage[]> {
  const found = new Map<string, PreviousImage[]>();
  for (const workload of workloads) {
    const images = workload.images.flatMap(({ image, ...where }) => {
      const reference = parseImageReference(image);
      return reference === null ? [] : [{ text: image, ...reference, ...where }];
    });
    found.set(keyOf(workload), [...(found.get(keyOf(workload)) ?? []), ...images]);
  }
  return found;
}
