import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import { imagesOfManifest } from './pod-images.ts';
import type { WorkloadImages } from './workload-images.ts';

const KubernetesObject = z.looseObject({ apiVersion: z.string().min(1), kind: z.string().min(1) });
const ObjectList = z.object({ apiVersion: z.string(), kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

/**
 * The images of a rendering: YAML documents or JSON, lists opened, empty documents skipped.
 * @param on the flag, file or command the text came from
 * @throws Failure 2 naming the document, counted from 1
 */
export function readManifests(text: string, on: string): WorkloadImages[] {
  return readDocuments(text, on)
    .flatMap(([value, number]) => readObjects(value, `${on}, document ${number}`))
    .flatMap(object => imagesOfManifest(object) ?? []);
}

function readDocuments(text: string, on: string): [value: unknown, number: number][] {
  const json = readJson(text);
  if (json !== undefined) return [[json, 1]];
  // As Kubernetes reads YAML: merge keys count, and of two equal keys the last one does.
  const documents = parseAllDocuments(text, { merge: true, uniqueKeys: false, logLevel: 'error' });
  return ('empty' in documents ? [] : [...documents]).map((document, index) => {
    const number = index + 1;
    const [error] = document.errors;
    if (error !== undefined) throw notYaml(on, number, error.linePos?.[0].line);
    try {
      return [document.toJS(), number];
    } catch {
      throw notYaml(on, number, undefined);
    }
  });
}

/** JSON is YAML too, but is read many times faster as what it is. */
function readJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readObjects(value: unknown, on: string): unknown[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(item => readObjects(item, on));
  const list = ObjectList.safeParse(value);
  if (list.success) return list.data.items.flatMap(item => readObjects(asItemOf(list.data, item), on));
  if (!KubernetesObject.safeParse(value).success)
    throw badInput('Not a Kubernetes object', on, 'give rendered manifests, each with apiVersion and kind');
  return [value];
}

/** In a typed list such as DeploymentList the items do not say what they are. */
function asItemOf({ apiVersion, kind }: z.infer<typeof ObjectList>, item: unknown): unknown {
  if (kind === 'List' || typeof item !== 'object' || item === null) return item;
  return { apiVersion, kind: kind.replace(/List$/, ''), ...item };
}

const notYaml = (on: string, number: number, line: number | undefined) =>
  badInput(
    'Neither YAML nor JSON',
    line === undefined ? `${on}, document ${number}` : `${on}, document ${number}, line ${line}`,
    'give rendered manifests, as argocd app manifests or helm template prints them',
  );
