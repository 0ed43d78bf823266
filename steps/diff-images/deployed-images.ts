import type { DeployedImage, Workload } from '../../lib/contracts/image-diff.ts';
import { formatImageReference } from '../../lib/images/reference.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import { compareContainer } from './compare.ts';
import type { DeployedContainer, WrittenImage } from './deployed-container.ts';
import type { Previous } from './previous-images.ts';

/**
 * One entry for each artifact: containers that run the same image, by digest where it is known and by tag otherwise.
 * The order is that of the references, whatever the order of the containers.
 */
export function toDeployedImages(containers: readonly DeployedContainer[], previous: Previous): DeployedImage[] {
  const groups = new Map<string, DeployedContainer[]>();
  for (const container of shareDigests(containers)) {
    const { registry, repository, tag } = container.reference;
    const key = formatImageReference({
      registry,
      repository,
      tag: container.digest === null ? tag : null,
      digest: container.digest,
    });
    groups.set(key, [...(groups.get(key) ?? []), container]);
  }
  return [...groups.values()].map(group => toDeployedImage(group, previous)).sort(by(imageOrder));
}

/** What is no image reference, one entry for each text. Nobody can tell whether it ran before. */
export function toRefusedImages(refused: readonly WrittenImage[]): DeployedImage[] {
  const texts = [...new Set(refused.map(({ text }) => oneLine(text)))].sort();
  return texts.map(reference => ({
    reference,
    registry: '',
    repository: '',
    tag: null,
    digest: null,
    digestFrom: null,
    change: 'added',
    previousReferences: [],
    workloads: distinct(refused.filter(({ text }) => oneLine(text) === reference).map(({ workload }) => workload)),
  }));
}

/** A container whose digest nobody told runs what the others with the same reference run, where they all agree. */
function shareDigests(containers: readonly DeployedContainer[]): DeployedContainer[] {
  const known = new Map<string, Set<string>>();
  for (const { reference, digest } of containers) {
    if (digest === null) continue;
    const name = formatImageReference(reference);
    known.set(name, (known.get(name) ?? new Set()).add(digest));
  }
  return containers.map(container => {
    const [digest, ...others] = known.get(formatImageReference(container.reference)) ?? [];
    if (container.digest !== null || digest === undefined || others.length > 0) return container;
    return { ...container, digest, digestFrom: 'pod' as const };
  });
}

function toDeployedImage(group: readonly DeployedContainer[], previous: Previous): DeployedImage {
  const [shown, ...others] = [...group].sort(by(({ reference, text }) => [reference.tag === null ? '1' : '0', text]));
  if (shown === undefined) throw new Error('a group holds at least one container');
  const all = [shown, ...others];
  const changes = all.map(container => compareContainer(container, previous.of(container.workload)));
  const { registry, repository, tag } = shown.reference;
  return {
    reference: shown.text,
    registry,
    repository,
    tag,
    digest: shown.digest,
    digestFrom: all.find(({ digestFrom }) => digestFrom === 'reference')?.digestFrom ?? shown.digestFrom,
    change: changeOf(changes.map(({ change }) => change)),
    previousReferences: [...new Set(changes.flatMap(({ previousReferences }) => previousReferences))].sort(),
    workloads: distinct(all.map(({ workload }) => workload)),
  };
}

function changeOf(changes: DeployedImage['change'][]): DeployedImage['change'] {
  if (changes.every(change => change === 'unchanged')) return 'unchanged';
  return changes.includes('updated') ? 'updated' : 'added';
}

const distinct = (workloads: Workload[]): Workload[] =>
  [...new Map(workloads.map(workload => [workloadOrder(workload).join('\0'), workload])).values()].sort(
    by(workloadOrder),
  );

const workloadOrder = ({ kind, group, namespace, name, containerType, container, hookType }: Workload): string[] => [
  kind,
  group,
  namespace,
  name,
  containerType,
  container ?? '',
  hookType ?? '',
];
const imageOrder = ({ reference, digest }: DeployedImage): string[] => [reference, digest ?? ''];

/** Orders by parts of a text, by code unit: the same everywhere, unlike a locale's order. */
const by =
  <T>(partsOf: (value: T) => string[]) =>
  (one: T, other: T): number => {
    const [left, right] = [partsOf(one).join('\0'), partsOf(other).join('\0')];
    return left < right ? -1 : Number(left > right);
  };
