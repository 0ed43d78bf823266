import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import * as z from 'zod';
import { kubectl } from './cluster.ts';

const OVERLAY = '.aftersync/e2e-overlay';

const Configuration = z.looseObject({
  evidence: z.looseObject({}).default({}),
  instances: z.record(z.string(), z.looseObject({})).default({}),
});
const Resource = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

/** Applies the demo as an operator's own overlay would have it: with components, and another `evidence` in its configuration. */
export async function applyWith(components: readonly string[], evidence: object = {}): Promise<void> {
  mkdirSync(OVERLAY, { recursive: true });
  const config = Configuration.parse(parse(readFileSync('deploy/demo/config.yaml', 'utf8')));
  write('config.yaml', { ...config, evidence: { ...config.evidence, ...evidence } });
  write('kustomization.yaml', {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../deploy/demo'],
    components: components.map(component => `../../deploy/components/${component}`),
    configMapGenerator: [{ name: 'aftersync-config', namespace: 'argocd', behavior: 'merge', files: ['config.yaml'] }],
    generatorOptions: { disableNameSuffixHash: true },
  });
  await kubectl('apply', '-k', OVERLAY);
}

/** The demo as it was, without what its components brought. */
export async function applyWithout(): Promise<void> {
  const demo = new Set(await objectsOf('deploy/demo'));
  for (const object of await objectsOf(OVERLAY))
    if (!demo.has(object)) await kubectl('delete', '--ignore-not-found', ...object.split(' '));
  await kubectl('apply', '-k', 'deploy/demo');
}

const write = (file: string, content: object) => writeFileSync(join(OVERLAY, file), stringify(content));

const objectsOf = async (overlay: string) =>
  parseAllDocuments(await kubectl('kustomize', overlay)).map(document => {
    const { kind, metadata } = Resource.parse(document.toJS());
    return `${kind} ${metadata.name}${metadata.namespace ? ` --namespace=${metadata.namespace}` : ''}`;
  });
