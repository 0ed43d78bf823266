import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import { readYamlDocuments } from '../../lib/runtime/yaml.ts';
import { imagesOfManifest } from './pod-images.ts';
import type { WorkloadImages } from './workload-images.ts';

const KubernetesObject = z.looseObject({ apiVersion: z.string().min(1), kind: z.string().min(1) });
const ObjectList = z.object({ apiVersion: z.string(), kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

const REMEDY = 'give rendered manifests, as argocd app manifests or helm template prints them';

/**
 * The images of a rendering: YAML documents or JSON, lists opened, empty documents skipped.
 * @param on the flag, file or command the text came from
 * @throws Failure 2 naming the document, counted from 1
 */
export function readManifests(text: string, on: string): WorkloadImages[] {
  return readYamlDocuments(text, on, REMEDY)
    .flatMap((value, index) => readObjects(value, `${on}, document ${index + 1}`))
    .flatMap(object => imagesOfManifest(object) ?? []);
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
