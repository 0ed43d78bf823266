import * as z from 'zod';
import { readHook } from './hook.ts';
import type { ContainerImage, WorkloadImages } from './workload-images.ts';
import { workloadKind } from './workload-kind.ts';

const Manifest = z.object({
  apiVersion: z.string(),
  kind: z.string().min(1),
  metadata: z
    .object({
      name: z.string().optional(),
      generateName: z.string().optional(),
      namespace: z.string().nullish(),
      annotations: z.record(z.string(), z.unknown()).nullish(),
    })
    .refine(({ name, generateName }) => Boolean(name ?? generateName)),
});

type Branch = Record<string, unknown>;

/** The container lists of a pod spec, in the order in which a pod spec is usually read. */
export const CONTAINER_LISTS: Record<string, ContainerImage['containerType']> = {
  containers: 'container',
  initContainers: 'initContainer',
  ephemeralContainers: 'ephemeralContainer',
};

/** Never looked into: names and notes, what the cluster reports, schemas, and the values of a chart. */
export const NO_TEMPLATE = ['metadata', 'status', 'openAPIV3Schema', 'values', 'valuesObject', 'data', 'stringData'];

/** Read where they stand, and not looked into any further. */
const CONTAINERS = [...Object.keys(CONTAINER_LISTS), 'sidecars', 'container', 'script'];

/**
 * The images that a manifest, or a live object, makes the cluster run: those of its pod spec, wherever the kind keeps it.
 * In a custom resource every pod template counts, recognised by its shape: a list of containers that name an image.
 * @param object one parsed YAML or JSON document, of any shape
 * @returns null where it runs no image: another kind, no pod template, or a hook that a sync does not run
 */
export function imagesOfManifest(object: unknown): WorkloadImages | null {
  const parsed = Manifest.safeParse(object);
  if (!parsed.success) return null;
  const { apiVersion, kind, metadata } = parsed.data;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const hook = readHook(metadata.annotations ?? {});
  if (hook?.run === false) return null;
  const images = imagesIn(object, group, kind);
  if (images.length === 0) return null;
  const name = metadata.name ?? metadata.generateName ?? '';
  return { group, kind, namespace: metadata.namespace ?? '', name, hookType: hook?.type ?? null, images };
}

function imagesIn(object: unknown, group: string, kind: string): ContainerImage[] {
  const where = workloadKind(group, kind);
  if (where.holds === 'nothing') return [];
  if (where.holds === 'pod-spec') {
    const podSpec = where.path.reduce<unknown>((branch, key) => (isBranch(branch) ? branch[key] : undefined), object);
    return isBranch(podSpec) ? imagesOfPodSpec(podSpec, isText) : [];
  }
  const steps = group === 'argoproj.io' ? imagesOfWorkflowStep : () => [];
  return distinct(branchesOf(object).flatMap(branch => [...imagesOfPodSpec(branch, couldBeImage), ...steps(branch)]));
}

type IsImage = (text: string) => boolean;

/** In a place that can only hold an image nothing else is expected: what is none must be told, not overlooked. */
const isText: IsImage = text => text !== '';

function imagesOfPodSpec(podSpec: Branch, isImage: IsImage): ContainerImage[] {
  return Object.entries(CONTAINER_LISTS).flatMap(([list, containerType]) => {
    const containers = podSpec[list];
    if (!Array.isArray(containers)) return [];
    return containers.flatMap(container => imageOf(container, containerType, isImage));
  });
}

/** An Argo Workflows template has one `container` or `script`, and lists of `sidecars`. Its own parameters are no image. */
function imagesOfWorkflowStep(template: Branch): ContainerImage[] {
  const { container, script, sidecars } = template;
  return [container, script, ...(Array.isArray(sidecars) ? sidecars : [])].flatMap(entry =>
    imageOf(entry, 'container', couldBeImage),
  );
}

function imageOf(
  container: unknown,
  containerType: ContainerImage['containerType'],
  isImage: IsImage,
): ContainerImage[] {
  if (!isBranch(container)) return [];
  const { name, image } = container;
  if (typeof image !== 'string' || !isImage(image)) return [];
  return [{ container: typeof name === 'string' && name !== '' ? name : null, containerType, image }];
}

/** Excludes nothing, templates and patterns; what a reference is decides its parser. */
export const couldBeImage = (text: string): boolean => /^[^\s{}$*]+$/.test(text);

/** Every object below, in document order. A YAML alias may lead back up or be shared: each object is seen once. */
function branchesOf(object: unknown): Branch[] {
  const found = new Set<Branch>();
  const seen = new Set<unknown>();
  const open: unknown[] = [object];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (isBranch(next)) found.add(next);
    open.push(...childrenOf(next).reverse());
  }
  return [...found];
}

function childrenOf(node: object): unknown[] {
  if (Array.isArray(node)) return [...node];
  return Object.entries(node).flatMap(([key, value]) =>
    NO_TEMPLATE.includes(key) || CONTAINERS.includes(key) ? [] : [value],
  );
}

function distinct(images: ContainerImage[]): ContainerImage[] {
  return [...new Map(images.map(image => [JSON.stringify(image), image])).values()];
}

const isBranch = (value: unknown): value is Branch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
