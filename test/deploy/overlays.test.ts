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

  test.each(['staging', 'production'])('%s runs its own image in every step, by digest', overlay => {
    const templates = render(overlay).filter(({ kind }) => kind === 'ClusterWorkflowTemplate');
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(new Set(valuesOf(templates, 'image'))).toEqual(new Set([`registry.example.com/aftersync@${digest}`]));
  });

  test.each(['staging', 'production'])('%s takes the token of the webhook by TLS alone', overlay => {
    const [source] = render(overlay).filter(({ kind }) => kind === 'EventSource');
    expect(valuesOf(source, 'serverKeySecret')).toEqual([{ name: 'aftersync-webhook-tls', key: 'tls.key' }]);
  });

  test.each(['staging', 'production', 'demo'])('%s denies what who starts Workflows has no reason to do', overlay => {
    const manifests = render(overlay);
    expect(namesOf(manifests, 'ValidatingAdmissionPolicy').sort()).toEqual([
      'aftersync-dead-letters',
      'aftersync-workflows',
    ]);
    const bindings = manifests.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    expect(valuesOf(bindings, 'policyName').sort()).toEqual(['aftersync-dead-letters', 'aftersync-workflows']);
    expect(valuesOf(bindings, 'validationActions')).toEqual([['Deny'], ['Deny']]);
  });

  test.each(['staging', 'production', 'demo'])('%s runs the bus and the EventSource without a token', overlay => {
    const accounts = render(overlay).filter(({ kind }) => kind === 'ServiceAccount');
    const withoutToken = accounts.filter(account => account.automountServiceAccountToken === false);
    const used = render(overlay).filter(({ kind }) => ['EventBus', 'EventSource'].includes(kind));
    const names = valuesOf(used, 'serviceAccountName');
    expect(names).toHaveLength(2);
    expect(withoutToken.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(names));
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
    const clusterScoped = new Set([
      'ClusterRole',
      'ClusterWorkflowTemplate',
      'Namespace',
      'PriorityClass',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
    const wrong = render(overlay).filter(
      ({ kind, metadata }) => clusterScoped.has(kind) === (metadata.namespace !== undefined),
    );
    expect(wrong.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
  });
});
