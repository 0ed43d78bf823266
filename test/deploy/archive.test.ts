import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import * as z from 'zod';

const kustomize = process.env.AFTERSYNC_KUSTOMIZE;

const Resource = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
type Resource = z.infer<typeof Resource>;

/** The objects of an overlay, with the component in it as an operator would add it, and without. */
function rendered(overlay: string): { without: Resource[]; brought: Resource[] } {
  const root = mkdtempSync(join(tmpdir(), 'aftersync-'));
  for (const folder of ['deploy', 'event-sources', 'sensors', 'workflow-templates'])
    cpSync(folder, join(root, folder), { recursive: true });
  const build = () => {
    const text = execFileSync(kustomize ?? '', ['build', join(root, 'deploy', overlay)], { encoding: 'utf8' });
    return parseAllDocuments(text).map(document => Resource.parse(document.toJS()));
  };
  const without = build();
  const path = join(root, 'deploy', overlay, 'kustomization.yaml');
  const { components = [], ...kustomization } = z
    .looseObject({ components: z.array(z.string()).optional() })
    .parse(parse(readFileSync(path, 'utf8')));
  writeFileSync(path, stringify({ ...kustomization, components: [...components, '../components/archive'] }));
  const known = new Set(without.map(resource => JSON.stringify(resource)));
  return { without, brought: build().filter(resource => !known.has(JSON.stringify(resource))) };
}

describe.skipIf(kustomize === undefined)('the component archive (needs AFTERSYNC_KUSTOMIZE, the program)', () => {
  it.each(['staging', 'production', 'demo'])('brings %s what deletes records, and changes nothing else', overlay => {
    const { without, brought } = rendered(overlay);
    expect(brought.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace]).sort()).toEqual([
      ['ClusterWorkflowTemplate', 'archive', undefined],
      ['CronWorkflow', 'aftersync-archive', 'argocd'],
      ['Role', 'aftersync-archive', 'argocd'],
      ['RoleBinding', 'aftersync-archive', 'argocd'],
      ['ServiceAccount', 'aftersync-archive', 'argocd'],
    ]);
    const images = (resources: Resource[], name: string) =>
      /"image":"([^"]+)"/.exec(JSON.stringify(resources.find(({ metadata }) => metadata.name === name) ?? ''))?.[1];
    expect(images(brought, 'archive')).toBe(images(without, 'fetch-app'));
    const [binding] = brought.filter(({ kind }) => kind === 'RoleBinding');
    expect(binding?.subjects).toEqual([{ kind: 'ServiceAccount', name: 'aftersync-archive', namespace: 'argocd' }]);
    for (const { metadata } of brought)
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'aftersync' });
  });
});
