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
const Sensor = z.object({
  spec: z.object({ triggers: z.array(z.object({ template: z.object({ k8s: z.object({ source: z.unknown() }) }) })) }),
});

/** The overlay with the component in it, as an operator would add it. */
function rendered(overlay: string): z.infer<typeof Resource>[] {
  const root = mkdtempSync(join(tmpdir(), 'aftersync-'));
  for (const folder of ['deploy', 'event-sources', 'sensors', 'workflow-templates'])
    cpSync(folder, join(root, folder), { recursive: true });
  const path = join(root, 'deploy', overlay, 'kustomization.yaml');
  const kustomization = z
    .looseObject({ components: z.array(z.string()).default([]) })
    .parse(parse(readFileSync(path, 'utf8')));
  const components = [...kustomization.components, '../components/compact'];
  writeFileSync(path, stringify({ ...kustomization, components }));
  const text = execFileSync(kustomize ?? '', ['build', join(root, 'deploy', overlay)], { encoding: 'utf8' });
  return parseAllDocuments(text).map(document => Resource.parse(document.toJS()));
}

describe.skipIf(kustomize === undefined)('the component compact (needs AFTERSYNC_KUSTOMIZE, the program)', () => {
  it.each(['staging', 'production', 'demo'])(
    '%s starts the compact pipeline, with its image and its identity',
    overlay => {
      const resources = rendered(overlay);
      const find = (kind: string, name: string) =>
        resources.find(one => one.kind === kind && one.metadata.name === name);
      const [trigger] = Sensor.parse(find('Sensor', 'argocd-sync')).spec.triggers;
      expect(trigger?.template.k8s.source).toMatchObject({
        resource: { spec: { workflowTemplateRef: { name: 'post-deployment-compact', clusterScope: true } } },
      });
      expect(find('ClusterWorkflowTemplate', 'post-deployment-compact')).toBeDefined();
      const image = (name: string) =>
        /"image":"([^"]+)"/.exec(JSON.stringify(find('ClusterWorkflowTemplate', name) ?? ''))?.[1];
      expect(image('pipeline')).toBe(image('fetch-app'));
      expect(find('ServiceAccount', 'aftersync-pipeline')?.metadata.namespace).toBe('argocd');
      const roles = resources
        .filter(
          ({ kind, subjects }) => kind === 'RoleBinding' && JSON.stringify(subjects).includes('"aftersync-pipeline"'),
        )
        .map(({ roleRef }) => z.object({ name: z.string() }).parse(roleRef).name);
      expect(roles.sort()).toEqual(
        ['diff-images', 'fetch-app', 'submit-evidence', 'submit-release'].map(step => `aftersync-${step}`),
      );
    },
  );
});
