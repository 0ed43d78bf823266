import * as z from 'zod';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import { type CustomResources, couldBeImage, imagePathsOf, imagesOfFields, isTemplate } from './custom-resource.ts';
import { readHook } from './hook.ts';
import { type Branch, type ImagePlace, isBranch, NO_TEMPLATE, placesOf } from './pod-spec.ts';
import type { ContainerImage, WorkloadImages } from './workload-images.ts';
import { labelOf, type NotLookedAt } from './workload-key.ts';
import { workloadKind } from './workload-kind.ts';

const Manifest = z.object({
  apiVersion: z.string(),
  kind: z.string().min(1),
  metadata: z
    .object({
      name: z.unknown(),
      generateName: z.unknown(),
      namespace: z.string().nullish().catch(null),
      annotations: z.record(z.string(), z.unknown()).nullish().catch(null),
    })
    .partial()
    .nullish()
    .catch(null),
});

/** What an object makes the cluster run, and what of it cannot be told. */
export interface ManifestImages {
  /** null: it runs no image that is known. */
  workload: WorkloadImages | null;
  notLookedAt: NotLookedAt[];
}

/**
 * The images that a manifest, or a live object, makes the cluster run: those of its pod spec, wherever the kind keeps it, and the
 * fields that name one. In a custom resource every pod template counts, recognised by its shape: a list of containers that name
 * an image. What looks like an image and is none that can be taken is said.
 * @param object one parsed YAML or JSON document, of any shape
 */
export function readManifest(object: unknown, configured: CustomResources = []): ManifestImages {
  const found = readObject(object, configured);
  if (found === null) return NOTHING;
  const { key, isNamed, hook, images, notTaken, chosenBy } = found;
  const where = labelOf(key);
  const runs = images.length > 0 || notTaken.length > 0;
  if (hook?.run === false)
    return runs && hook.unknown !== null
      ? nothing('hook', where, `Argo CD knows no hook ${hook.unknown}, and never applies it`)
      : NOTHING;
  if (runs && !isNamed) return nothing('resource', where, 'metadata.name is no text, and no cluster takes it');
  const notLookedAt: NotLookedAt[] = [
    ...(notTaken.length > 0 ? [{ what: 'field' as const, where, why: sayNotTaken(notTaken) }] : []),
    ...(chosenBy !== null ? [{ what: 'operator' as const, where, why: chosenBy }] : []),
  ];
  if (images.length === 0) return { workload: null, notLookedAt };
  return { workload: { ...key, hookType: hook?.type ?? null, images }, notLookedAt };
}

/** The images of an object that the cluster has, whatever became of it in a sync. @returns null where it runs none */
export function imagesOfManifest(object: unknown): WorkloadImages | null {
  const found = readObject(object, []);
  if (found === null || found.images.length === 0) return null;
  return { ...found.key, hookType: found.hook?.run ? found.hook.type : null, images: found.images };
}

function readObject(object: unknown, configured: CustomResources) {
  const parsed = Manifest.safeParse(object);
  if (!parsed.success || !isBranch(object)) return null;
  const { apiVersion, kind, metadata } = parsed.data;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const name = [metadata?.name, metadata?.generateName].find(isName);
  return {
    key: { group, kind, namespace: metadata?.namespace ?? '', name: name ?? 'without a name' },
    isNamed: name !== undefined,
    hook: readHook(metadata?.annotations ?? {}),
    ...imagesIn(object, group, kind, configured),
  };
}

const NOTHING: ManifestImages = { workload: null, notLookedAt: [] };

const nothing = (what: NotLookedAt['what'], where: string, why: string): ManifestImages => ({
  workload: null,
  notLookedAt: [{ what, where, why }],
});

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

interface Images {
  images: ContainerImage[];
  /** What cannot be taken, and why. */
  notTaken: string[];
  /** Why images are not in the object at all; null where they are. */
  chosenBy: string | null;
}

function imagesIn(object: Branch, group: string, kind: string, configured: CustomResources): Images {
  const where = workloadKind(group, kind);
  if (where.holds === 'nothing') return { images: [], notTaken: [], chosenBy: where.chosenBy ?? null };
  if (where.holds === 'pod-spec') {
    const podSpec = where.path.reduce<unknown>((branch, key) => (isBranch(branch) ? branch[key] : undefined), object);
    return { ...imagesOfPlaces(isBranch(podSpec) ? placesOf(podSpec) : [], isInPodSpec), chosenBy: null };
  }
  const templates = imagesOfPlaces(podSpecsIn(object).flatMap(placesOf), isInTemplate);
  const known = imagePathsOf(group, kind, configured);
  const fields = imagesOfFields(object, known);
  const images = distinct([...templates.images, ...fields.taken]);
  const notTaken = [...templates.notTaken, ...fields.notTaken.map(sayField)];
  const isChosen = images.length === 0 && notTaken.length === 0 && known?.always === true;
  return {
    images,
    notTaken: [...new Set(notTaken)],
    chosenBy: isChosen ? 'it names no image, and its operator chooses one' : null,
  };
}

const sayField = ({ path, text }: { path: string; text: string }): string =>
  `${path} names ${text}, ${isTemplate(text) ? FILLED_IN : 'and is not known to hold an image'}`;

const FILLED_IN = 'which is filled in later';

type Judge = (place: ImagePlace) => { image: string } | { why: string } | null;

/** Nothing but an image is expected here: a text that is none is kept as it is, for its evidence to be missing. */
const isInPodSpec: Judge = ({ value }) =>
  typeof value === 'string' && value.trim() !== ''
    ? { image: value }
    : { why: 'names no image: something else fills it in' };

/** A list that is called containers may hold a part of a template that the operator completes. */
const isInTemplate: Judge = ({ value }) => {
  if (typeof value !== 'string') return null;
  if (value.trim() === '') return { why: 'names no image: something else fills it in' };
  return couldBeImage(value) ? { image: value } : { why: `names ${value}, ${FILLED_IN}` };
};

function imagesOfPlaces(places: readonly ImagePlace[], judge: Judge): Pick<Images, 'images' | 'notTaken'> {
  const images: ContainerImage[] = [];
  const notTaken: string[] = [];
  for (const place of places) {
    const { container, containerType } = place;
    const found = judge(place);
    if (found === null) continue;
    if ('image' in found) images.push({ container, containerType, image: found.image });
    else
      notTaken.push(
        `${containerType === 'imageVolume' ? 'volume' : 'container'} ${container ?? 'without a name'} ${found.why}`,
      );
  }
  return { images, notTaken };
}

/** Every object below, in document order. A YAML alias may lead back up or be shared: each object is seen once. */
function podSpecsIn(object: Branch): Branch[] {
  const found = new Set<Branch>();
  const seen = new Set<unknown>();
  const open: unknown[] = [object];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (isBranch(next)) found.add(next);
    const below = Array.isArray(next)
      ? next
      : Object.entries(next).flatMap(([key, value]) => (NO_TEMPLATE.includes(key) ? [] : [value]));
    open.push(...[...below].reverse());
  }
  return [...found];
}

/** The first of many: the artifact is read by people. */
const MAX_SAID = 5;

function sayNotTaken(notTaken: readonly string[]): string {
  const more = notTaken.length - MAX_SAID;
  const shown = notTaken
    .slice(0, MAX_SAID)
    .map(text => oneLine(text))
    .join(', ');
  return more > 0 ? `${shown}, and ${more} more` : shown;
}

function distinct(images: ContainerImage[]): ContainerImage[] {
  return [...new Map(images.map(image => [JSON.stringify(image), image])).values()];
}
