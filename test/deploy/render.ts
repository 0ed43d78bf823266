import { execFileSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';

export interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  [field: string]: unknown;
}

/** The program, where it is there. */
export const kustomize = process.env.AFTERSYNC_KUSTOMIZE;

const cache = new Map<string, Manifest[]>();

/** The objects of an overlay, as kubectl would apply them. */
export function render(overlay: string): Manifest[] {
  const known = cache.get(overlay);
  if (known !== undefined) return known;
  const text = execFileSync(kustomize ?? '', ['build', `deploy/${overlay}`], { encoding: 'utf8' });
  const manifests = parseAllDocuments(text).map(document => document.toJS() as Manifest);
  cache.set(overlay, manifests);
  return manifests;
}
