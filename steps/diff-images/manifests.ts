import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import { readYamlDocuments } from '../../lib/runtime/yaml.ts';
import type { CustomResources } from './custom-resource.ts';
import { readManifest } from './pod-images.ts';
import type { WorkloadImages } from './workload-images.ts';
import type { NotLookedAt } from './workload-key.ts';

const KubernetesObject = z.looseObject({ apiVersion: z.string().min(1), kind: z.string().min(1) });
/** What has a name is an object, whatever its kind is called. */
const ObjectList = z.object({
  apiVersion: z.string(),
  kind: z.string().regex(/List$/),
  items: z.array(z.unknown()),
  metadata: z.looseObject({ name: z.undefined().optional() }).nullish(),
});

const REMEDY = 'give rendered manifests, as argocd app manifests or helm template prints them';

/** What a rendering shows. */
export interface Rendering {
  /** How many objects it holds, of any kind. */
  objects: number;
  workloads: WorkloadImages[];
  notLookedAt: NotLookedAt[];
}

/**
 * The images of a rendering: YAML documents or JSON, lists opened, empty documents skipped.
 * @param on the flag, file or command the text came from
 * @throws Failure 2 naming the document, counted from 1
 */
export function readManifests(text: string, on: string, configured: CustomResources = []): Rendering {
  const objects = readYamlDocuments(text, on, REMEDY).flatMap((value, index) =>
    readObjects(value, `${on}, document ${index + 1}`),
  );
  const found = objects.map(object => readManifest(object, configured));
  return {
    objects: objects.length,
    workloads: found.flatMap(({ workload }) => workload ?? []),
    notLookedAt: found.flatMap(({ notLookedAt }) => notLookedAt),
  };
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
