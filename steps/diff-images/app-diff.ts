import { badInput } from '../../lib/runtime/failure.ts';
import { parseYamlDocuments } from '../../lib/runtime/yaml.ts';
import { type CustomResources, runsNothing } from './custom-resource.ts';
import type { DiffSide, Hunk } from './diff-hunk.ts';
import { type Lines, type ResourceDiff, readResourceDiffs } from './diff-lines.ts';
import { imagesOfLines } from './image-lines.ts';
import { readManifest } from './pod-images.ts';
import type { ContainerImage, Observation } from './workload-images.ts';
import type { NotLookedAt } from './workload-key.ts';
import { workloadKind } from './workload-kind.ts';

/** One resource whose two states differ. What is equal on both sides may be missing from both lists. */
export interface DiffedResource {
  group: string;
  kind: string;
  namespace: string;
  name: string;
  operation: 'added' | 'removed' | 'changed';
  /** What runs: the lines after `<` or `-`. */
  live: ContainerImage[];
  /** What it is compared with: the lines after `>` or `+`. */
  target: ContainerImage[];
  /** What looks like an image and was not taken, on each side. */
  notLookedAt: Record<'live' | 'target', NotLookedAt[]>;
}

export interface AppDiff {
  resources: DiffedResource[];
  /** Image lines that could not be told from options without the lines around them. */
  notLookedAt: Observation['notLookedAt'];
}

/**
 * Reads the text of `argocd app diff`, one resource at a time, plain (ed style) or unified.
 * @param lines without their ends
 * @throws Failure 2 where the text is cut, damaged, empty below a header, or ends in an error of argocd
 */
export async function readAppDiff(lines: Lines, configured: CustomResources = []): Promise<AppDiff> {
  const diff: AppDiff = { resources: [], notLookedAt: [] };
  for await (const resource of readResourceDiffs(lines)) {
    const { group, kind, namespace, name, hunks } = resource;
    const operation = operationOf(hunks);
    const live = readSide(resource, operation, 'live', configured);
    const target = readSide(resource, operation, 'target', configured);
    const images = { live: live.images, target: target.images };
    const notLookedAt = { live: live.notLookedAt, target: target.notLookedAt };
    // A copy: V8 keeps the text of which a string is a part, and all resources would be the whole diff.
    diff.resources.push(structuredClone({ group, kind, namespace, name, operation, ...images, notLookedAt }));
    const unclear = [...new Set([...live.unclear, ...target.unclear])];
    if (unclear.length > 0)
      diff.notLookedAt.push({
        what: 'resource',
        where: `${group}/${kind} ${namespace}/${name}`,
        why: `the diff does not show whether an image is run: ${unclear.join(', ')}; give it with more context (diff -U 1000)`,
      });
  }
  return diff;
}

/** An object that exists on one side only is printed whole against an empty file. */
function operationOf(hunks: Hunk[]): DiffedResource['operation'] {
  const [only] = hunks;
  if (only === undefined || hunks.length > 1) return 'changed';
  if (isNothing(only.live) && isObject(only.target)) return 'added';
  if (isNothing(only.target) && isObject(only.live)) return 'removed';
  return 'changed';
}

const isNothing = ({ start, count }: DiffSide): boolean => start === 0 && count === 0;

const isObject = ({ start, lines }: DiffSide): boolean =>
  start === 1 && lines.some(line => line.startsWith('apiVersion: ')) && lines.some(line => line.startsWith('kind: '));

interface SideOfDiff {
  images: ContainerImage[];
  /** Image lines of which the diff does not show what they belong to. */
  unclear: string[];
  notLookedAt: NotLookedAt[];
}

function readSide(
  resource: ResourceDiff,
  operation: DiffedResource['operation'],
  side: 'live' | 'target',
  configured: CustomResources,
): SideOfDiff {
  const kind = workloadKind(resource.group, resource.kind);
  if (operation !== 'changed') return readWhole(resource, side, configured);
  if (kind.holds === 'nothing' || runsNothing(resource.group, resource.kind, configured)) return NOTHING;
  const whole = isShownWhole(resource) ? tryWhole(resource, side, configured) : null;
  if (whole !== null) return whole;
  const found = resource.hunks.map(hunk => imagesOfLines(hunk[side].lines, kind, hunk[side].start));
  return {
    images: found.flatMap(({ images }) => images),
    unclear: found.flatMap(({ unclear }) => unclear),
    notLookedAt: [],
  };
}

const NOTHING: SideOfDiff = { images: [], unclear: [], notLookedAt: [] };

/** What a diff with much context shows may end before the object does: then it is no YAML, or what an operator chooses is not told. */
function tryWhole(resource: ResourceDiff, side: 'live' | 'target', configured: CustomResources): SideOfDiff | null {
  try {
    const found = readWhole(resource, side, configured);
    return { ...found, notLookedAt: found.notLookedAt.filter(({ what }) => what !== 'operator') };
  } catch {
    return null;
  }
}

/** With enough context one hunk holds both states, and every field has its path. */
const isShownWhole = ({ hunks: [only, ...others] }: ResourceDiff): boolean =>
  only !== undefined && others.length === 0 && isObject(only.live) && isObject(only.target);

function readWhole(resource: ResourceDiff, side: 'live' | 'target', configured: CustomResources): SideOfDiff {
  const text = resource.hunks.map(hunk => hunk[side].lines.join('\n')).join('\n');
  try {
    const { workload, notLookedAt } = readManifest(parseYamlDocuments(text)[0], configured);
    return { images: workload?.images ?? [], unclear: [], notLookedAt };
  } catch {
    const { group, kind, namespace, name, line } = resource;
    throw badInput(
      'Diff is cut or damaged',
      `${group}/${kind} ${namespace}/${name}, line ${line}: its lines are no YAML`,
      'save the whole output of argocd app diff',
    );
  }
}
