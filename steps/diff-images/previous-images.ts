import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { ImageDiff, Workload } from '../../lib/contracts/image-diff.ts';
import { parseImageReference } from '../../lib/images/reference.ts';
import type { DeployedContainer } from './deployed-container.ts';
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
  /** Known from a record, which knows a digest wherever anybody did; a strategy sees texts alone. */
  recorded: boolean;
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

/** For each workload, by key, what the newest record that knows it says. */
export type RecordedImages = Map<string, PreviousImage[]>;

/**
 * Adds what a record says that is older than those before it: workloads that they do not know, and digests that nobody knew
 * when they were written, where the workload ran the same image.
 */
export function learn(known: RecordedImages, record: DeploymentRecord): void {
  for (const [key, images] of imagesOfRecord(record)) {
    const newer = known.get(key);
    known.set(key, newer?.map(image => withDigestOf(image, images)) ?? images);
  }
}

function withDigestOf(image: PreviousImage, older: readonly PreviousImage[]): PreviousImage {
  if (image.digest !== null) return image;
  const same = older.find(
    candidate =>
      candidate.container === image.container &&
      candidate.containerType === image.containerType &&
      isSameTag(candidate, image),
  );
  return same === undefined ? image : { ...image, digest: same.digest };
}

type Named = Pick<PreviousImage, 'registry' | 'repository' | 'tag'>;
const isSameTag = (one: Named, other: Named): boolean =>
  one.registry === other.registry && one.repository === other.repository && one.tag === other.tag;

/** The workloads that a record knows, by key. */
export const workloadsIn = (record: DeploymentRecord): Set<string> => new Set(imagesOfRecord(record).keys());

/** Whether older records may tell more of what a container ran before. */
export function isToldBy(known: RecordedImages, { workload, reference, digest }: DeployedContainer): boolean {
  const images = known.get(keyOf(workload));
  if (images === undefined) return false;
  return digest === null || !images.some(image => image.digest === null && isSameTag(image, reference));
}

function fromRecords(records: readonly DeploymentRecord[]): RecordedImages {
  const known: RecordedImages = new Map();
  for (const record of records) learn(known, record);
  return known;
}

/** A failed operation left running only what was applied; what was pruned runs nothing. */
function imagesOfRecord({ deployment, images }: DeploymentRecord): Map<string, PreviousImage[]> {
  const withStatus = (status: string) =>
    deployment.resources.filter(resource => resource.status === status).map(resource => keyOf(resource));
  const applied = new Set(withStatus('Synced'));
  const found = new Map<string, PreviousImage[]>(withStatus('Pruned').map(key => [key, []]));
  for (const { reference, workloads, registry, repository, tag, digest } of images)
    for (const { container, containerType, runsInstead, ...workload } of workloads) {
      const key = keyOf(workload);
      if (deployment.eventStatus === 'FAILED' && !applied.has(key)) continue;
      const where = { container, containerType, recorded: true };
      const images = runsInstead
        ? runsInstead.flatMap(text => toPrevious(text, where))
        : [{ text: reference, registry, repository, tag, digest, ...where }];
      found.set(key, [...(found.get(key) ?? []), ...images]);
    }
  return found;
}

function fromWorkloads(workloads: readonly WorkloadImages[]): Map<string, PreviousImage[]> {
  const found = new Map<string, PreviousImage[]>();
  for (const workload of workloads) {
    const images = workload.images.flatMap(({ image, container, containerType }) =>
      toPrevious(image, { container, containerType, recorded: false }),
    );
    found.set(keyOf(workload), [...(found.get(keyOf(workload)) ?? []), ...images]);
  }
  return found;
}

function toPrevious(
  text: string,
  where: Pick<PreviousImage, 'container' | 'containerType' | 'recorded'>,
): PreviousImage[] {
  const reference = parseImageReference(text);
  return reference === null ? [] : [{ text, ...reference, ...where }];
}
