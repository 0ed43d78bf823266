import type { Configuration } from '../../lib/contracts/configuration.ts';
import { globMatches } from '../../lib/glob.ts';
import { parseImageReference } from '../../lib/images/reference.ts';
import { OPERATORS, WITHOUT_IMAGES } from './image-paths.ts';
import { type Branch, CONTAINER_LISTS, isBranch, NO_TEMPLATE } from './pod-spec.ts';
import type { ContainerImage } from './workload-images.ts';

/** evidence.customResources: where custom resources name images, before what is built in. */
export type CustomResources = Configuration['evidence']['customResources'];

/** What is known of a kind. */
export interface KnownPaths {
  /** Empty: no field of the kind names an image. */
  paths: readonly string[];
  /** Every object runs an image, whether it names one or not. */
  always: boolean;
}

/** @returns null where nobody knows */
export function imagePathsOf(group: string, kind: string, configured: CustomResources): KnownPaths | null {
  const own = configured.find(entry => globMatches(entry.group, group) && globMatches(entry.kind, kind));
  if (own !== undefined) return { paths: own.imagePaths, always: false };
  const known = OPERATORS.find(entry => globMatches(entry.group, group) && holds(entry.kinds, kind));
  return known === undefined ? null : { paths: known.paths, always: known.always ?? false };
}

/** Whether a custom resource is known to run no image, so that nobody has to read it. */
export const runsNothing = (group: string, kind: string, configured: CustomResources): boolean =>
  imagePathsOf(group, kind, configured)?.paths.length === 0 ||
  WITHOUT_IMAGES.some(entry => globMatches(entry.group, group) && holds(entry.kinds, kind));

const holds = (kinds: readonly string[], kind: string): boolean => kinds.some(pattern => globMatches(pattern, kind));

/** A field of an object. */
export interface Field {
  /** From the root: `[]` is any item of a list. */
  path: string;
  key: string;
  value: unknown;
  /** The object that the field belongs to. */
  parent: Branch;
}

/**
 * Every field of a custom resource but those of containers, in document order. An object that a YAML alias repeats is seen once.
 */
export function* fieldsOf(object: Branch): Generator<Field> {
  const seen = new Set<unknown>();
  const open: { path: string; value: unknown }[] = [{ path: '', value: object }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) {
      open.push(...value.map(item => ({ path: `${path}[]`, value: item as unknown })).reverse());
      continue;
    }
    const below: typeof open = [];
    for (const [key, child] of Object.entries(value)) {
      if (NO_TEMPLATE.includes(key)) continue;
      const at = path === '' ? key : `${path}.${key}`;
      yield { path: at, key, value: child, parent: value as Branch };
      if (!isContainerList(key, child)) below.push({ path: at, value: child });
    }
    open.push(...below.reverse());
  }
}

const isContainerList = (key: string, value: unknown): boolean =>
  Object.hasOwn(CONTAINER_LISTS, key) && Array.isArray(value);

/** A field of a custom resource that names an image, or looks as if it did. */
export interface Found {
  taken: ContainerImage[];
  /** Path and text of what looks like an image and was not taken. */
  notTaken: { path: string; text: string }[];
}

/** The images that fields of a custom resource name, beside its pod templates. */
export function imagesOfFields(object: Branch, known: KnownPaths | null): Found {
  const isListed = (path: string) => known?.paths.some(pattern => globMatches(pattern, path)) ?? false;
  const found: Found = { taken: [], notTaken: [] };
  for (const { path, key, value, parent } of fieldsOf(object)) {
    const text = imageText(value);
    if (isListed(path) && text !== null) {
      const image = text.replace(SCHEME, '');
      const isNone = SCHEMES_OF_OTHERS.test(image);
      if (!isNone && couldBeImage(image))
        found.taken.push({ container: nameOf(parent), containerType: 'container', image });
      else if (!isNone) found.notTaken.push({ path, text });
    } else if (known?.paths.length !== 0 && !IMAGE_VOLUME.test(path))
      found.notTaken.push(...looksLikeImage(path, key, value));
  }
  return found;
}

/** An artifact of a registry, as WebAssembly plugins and container disks name it. */
const SCHEME = /^(oci|docker):\/\//;
const SCHEMES_OF_OTHERS = /^[a-z][a-z0-9+.-]*:\/\//;

/** Read with the pod template that it belongs to. */
const IMAGE_VOLUME = /(^|\.)volumes\[\]\.image$/;

const nameOf = ({ name }: Branch): string | null => (typeof name === 'string' && name !== '' ? name : null);

/** Excludes nothing, templates and patterns; what a reference is decides its parser. */
export const couldBeImage = (text: string): boolean => /^[^\s{}$*]+$/.test(text);

/** A text, or the parts of an image that stand side by side. @returns null where it is neither, or empty */
function imageText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (!isBranch(value)) return null;
  const part = (...keys: string[]): string | null =>
    keys
      .map(key => value[key])
      .find(one => (typeof one === 'string' && one !== '') || typeof one === 'number')
      ?.toString() ?? null;
  if (typeof value.reference === 'string') return value.reference.trim() === '' ? null : value.reference;
  const name = [part('registry'), part('repository', 'repo'), part('image', 'name')]
    .filter(one => one !== null)
    .join('/');
  if (name === '') return null;
  const [tag, digest] = [part('tag', 'version', 'imageTag'), part('digest', 'sha')];
  return `${name}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest.replace(/^(sha256:)?/, 'sha256:')}`}`;
}

export const isImageKey = (key: string): boolean => IMAGE_KEY.test(key);

const IMAGE_KEY = /image([_-]?(name|ref|reference|uri|url))?$/i;
const IMAGE_LIST_KEY = /images$/i;
/** Pictures and disks are called images as well. */
const NO_CONTAINER_IMAGE = /\.(png|jpe?g|gif|svg|webp|ico|iso|img|qcow2|raw|vmdk|ova)$/i;

function looksLikeImage(path: string, key: string, value: unknown): { path: string; text: string }[] {
  if (IMAGE_LIST_KEY.test(key) && typeof value === 'object' && value !== null)
    return Object.values(value).flatMap(item => (typeof item === 'string' ? shown(`${path}[]`, item) : []));
  const isPair =
    isBranch(value) && typeof value.repository === 'string' && ['string', 'number'].includes(typeof value.tag);
  if (!IMAGE_KEY.test(key) && !isPair) return [];
  if (isBranch(value) && !isPair && !hasReference(value)) return [];
  return shown(path, imageText(value));
}

/** Of an object that is called an image, such as one of a name and a tag. */
const hasReference = (value: Branch): boolean =>
  ['repository', 'repo', 'reference'].some(key => typeof value[key] === 'string') ||
  (typeof value.name === 'string' && ['tag', 'version', 'digest'].some(key => value[key] !== undefined));

export const isTemplate = (text: string): boolean => /\{\{|\$[({]/.test(text);

function shown(path: string, text: string | null): { path: string; text: string }[] {
  if (text === null) return [];
  return isTemplate(text) || looksLikeReference(text) ? [{ path, text }] : [];
}

/** Whether a text is an image reference, and no picture or disk. */
export function looksLikeReference(text: string): boolean {
  const bare = text.replace(SCHEME, '');
  return parseImageReference(bare) !== null && !NO_CONTAINER_IMAGE.test(bare);
}
