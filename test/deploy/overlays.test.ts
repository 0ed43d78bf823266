import { describe, expect, test } from 'vitest';
import { kustomize, type Manifest, render } from './render.ts';

/** Every value of a key, however deep. */
function valuesOf(node: unknown, key: string): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(value, key)]);
}

const namesOf = (manifests: Manifest[], kind: string) =>
  manifests.filter(manifest => manifest.kind === kind).map(({ metadata }) => metadata.name);

describe.skipIf(kustomize === undefined)('overlays (needs AFTERSYNC_KUSTOMIZE, the program)', () => {
  test.each(['staging', 'production', 'demo'])(
    '%s has every identity and ConfigMap that its templates name',
    overlay => {
      const manifests = render(overlay);
      const templates = manifests.filter(({ kind }) => ['ClusterWorkflowTemplate', 'Sensor'].includes(kind));
      expect(namesOf(manifests, 'ServiceAccount')).toEqual(
        expect.arrayContaining([...new Set(valuesOf(templates, 'serviceAccountName'))]),
      );
      const configMaps = valuesOf(templates, 'configMap').map(volume => (volume as { name: string }).name);
      expect(namesOf(manifests, 'ConfigMap')).toEqual(expect.arrayContaining([...new Set(configMaps)]));
    },
  );

  test.each(['staging', 'production'])('%s runs its own image in every step', overlay => {
    const templates = render(overlay).filter(({ kind }) => kind === 'ClusterWorkflowTemplate');
    expect(new Set(valuesOf(templates, 'image'))).toEqual(new Set(['registry.example.com/aftersync:0.1.0']));
  });

  test('staging and production differ in their configuration alone', () => {
    const withoutConfig = (overlay: string) =>
      render(overlay).filter(({ kind, metadata }) => !(kind === 'ConfigMap' && metadata.name === 'aftersync-config'));
    expect(withoutConfig('staging')).toEqual(withoutConfig('production'));
  });

  test.each(['staging', 'production', 'demo'])('%s leaves the resource definition of the records alone', overlay => {
    expect(namesOf(render(overlay), 'CustomResourceDefinition')).toEqual([]);
  });

  test.each(['staging', 'production', 'demo'])(
    '%s gives no identity a wildcard, a Secret, or a pod to make',
    overlay => {
      const rules = valuesOf(render(overlay), 'rules').flat() as { resources: string[]; verbs: string[] }[];
      expect(rules.length).toBeGreaterThan(5);
      expect(rules.filter(rule => [...rule.resources, ...rule.verbs].includes('*'))).toEqual([]);
      expect(rules.filter(({ resources }) => resources.some(name => /^(secrets|pods\/exec)$/.test(name)))).toEqual([]);
      expect(rules.filter(({ resources, verbs }) => resources.includes('pods') && verbs.includes('create'))).toEqual(
        [],
      );
    },
  );

  test.each(['staging', 'production', 'demo'])('%s puts a namespace on what has one, and on nothing else', overlay => {
    const clusterScoped = new Set(['ClusterRole', 'ClusterWorkflowTemplate', 'Namespace', 'PriorityClass']);
    const wrong = render(overlay).filter(
      ({ kind, metadata }) => clusterScoped.has(kind) === (metadata.namespace !== undefined),
    );
    expect(wrong.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
  });
});
