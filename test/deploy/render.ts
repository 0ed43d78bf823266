import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';

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
  const manifests = build(`deploy/${overlay}`);
  cache.set(overlay, manifests);
  return manifests;
}

/** The objects of an overlay whose list of components an operator made longer. */
export function renderWith(overlay: string, ...components: string[]): Manifest[] {
  const root = mkdtempSync(join(tmpdir(), 'aftersync-overlay-'));
  for (const folder of ['deploy', 'event-sources', 'sensors', 'workflow-templates'])
    cpSync(folder, join(root, folder), { recursive: true });
  const path = join(root, 'deploy', overlay, 'kustomization.yaml');
  const kustomization = parse(readFileSync(path, 'utf8')) as { components?: string[] };
  const added = components.map(component => `../components/${component}`);
  writeFileSync(path, stringify({ ...kustomization, components: [...(kustomization.components ?? []), ...added] }));
  return build(join(root, 'deploy', overlay));
}

const build = (folder: string): Manifest[] =>
  parseAllDocuments(execFileSync(kustomize ?? '', ['build', folder], { encoding: 'utf8' })).map(
    document => document.toJS() as Manifest,
  );
