import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { kustomize, type Manifest, render, renderWith } from './render.ts';

const Template = z.object({
  serviceAccountName: z.string(),
  container: z.object({
    image: z.string(),
    env: z.array(z.object({ name: z.string(), value: z.string() })),
    volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
    resources: z.object({ limits: z.object({ memory: z.string() }) }),
  }),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const Spec = z.object({ spec: z.object({ templates: z.tuple([Template]) }) });
const Rules = z.array(
  z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
);

const find = (manifests: Manifest[], kind: string, name: string) =>
  manifests.find(one => one.kind === kind && one.metadata.name === name);
const templateOf = (manifests: Manifest[]) =>
  Spec.parse(find(manifests, 'ClusterWorkflowTemplate', 'diff-images')).spec.templates[0];
const envOf = (manifests: Manifest[]) =>
  Object.fromEntries(templateOf(manifests).container.env.map(({ name, value }) => [name, value]));
const key = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;

/** `verb group/resource` of a Role, one by one. */
const rightsOf = (role: Manifest | undefined) =>
  Rules.parse(role?.rules).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => `${verb} ${group}/${resource}`))),
  );
const rolesOf = (manifests: Manifest[]) =>
  manifests
    .filter(
      ({ kind, subjects }) => kind === 'RoleBinding' && JSON.stringify(subjects).includes('"aftersync-argocd-diff"'),
    )
    .map(({ roleRef }) => z.object({ name: z.string() }).parse(roleRef).name);

describe.skipIf(kustomize === undefined)('the component argocd-diff (needs AFTERSYNC_KUSTOMIZE, the program)', () => {
  describe.each(['argocd-diff', 'argocd-diff/core'])('%s', component => {
    test.each(['staging', 'production'])(
      '%s runs diff-images, and nothing else, with argocd and its own identity',
      overlay => {
        const manifests = renderWith(overlay, component);
        const { serviceAccountName, container, volumes } = templateOf(manifests);
        expect(serviceAccountName).toBe('aftersync-argocd-diff');
        expect(find(manifests, 'ServiceAccount', 'aftersync-argocd-diff')?.metadata.namespace).toBe('argocd');
        expect(container.image).toBe(`registry.example.com/aftersync-argocd-diff@sha256:${'0'.repeat(64)}`);
        expect(container.resources.limits.memory).toBe('1Gi');
        expect(volumes.find(({ name }) => name === 'tmp')).toEqual({ name: 'tmp', emptyDir: { sizeLimit: '512Mi' } });
        expect(envOf(manifests).HOME).toBe('/tmp');
        expect(container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
        const before = new Map(render(overlay).map(manifest => [key(manifest), manifest]));
        const changed = manifests
          .filter(manifest => before.has(key(manifest)))
          .filter(manifest => JSON.stringify(manifest) !== JSON.stringify(before.get(key(manifest))));
        expect(changed.map(key)).toEqual(
          component === 'argocd-diff'
            ? ['ClusterWorkflowTemplate diff-images', 'NetworkPolicy aftersync-steps']
            : ['ClusterWorkflowTemplate diff-images'],
        );
      },
    );
  });

  test('by API token: a mounted file, a CA where there is one, and no right that diff-images has not', () => {
    const manifests = renderWith('staging', 'argocd-diff');
    const { container, volumes } = templateOf(manifests);
    expect(envOf(manifests)).toMatchObject({
      ARGOCD_SERVER: 'argocd-server:443',
      ARGOCD_AUTH_TOKEN_FILE: '/etc/argocd/token',
      AFTERSYNC_ARGOCD_CA_FILE: '/etc/argocd/ca.crt',
    });
    expect(container.volumeMounts).toContainEqual({ name: 'argocd-token', mountPath: '/etc/argocd', readOnly: true });
    const secret = (item: string) => ({ name: 'argocd-token', items: [{ key: item, path: item }] });
    expect(volumes.find(({ name }) => name === 'argocd-token')).toEqual({
      name: 'argocd-token',
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: secret('token') }, { secret: { ...secret('ca.crt'), optional: true } }],
      },
    });
    expect(rolesOf(manifests)).toEqual(['aftersync-diff-images']);
  });

  test("by API token: the API's port is open where ports are closed", () => {
    const { egress } = z
      .object({ spec: z.object({ egress: z.array(z.unknown()) }) })
      .parse(find(renderWith('staging', 'argocd-diff'), 'NetworkPolicy', 'aftersync-steps')).spec;
    expect(egress.at(-1)).toEqual({
      to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'argocd-server' } } }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    });
    expect(renderWith('demo', 'argocd-diff').filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
  });

  test('by --core: no token, and exactly the rights that it needs', () => {
    const manifests = renderWith('staging', 'argocd-diff/core');
    expect(Object.entries(envOf(manifests)).filter(([name]) => name.includes('ARGOCD'))).toEqual([
      ['AFTERSYNC_ARGOCD_CORE', 'true'],
    ]);
    expect(JSON.stringify(templateOf(manifests))).not.toContain('argocd-token');
    expect(rolesOf(manifests)).toEqual(['aftersync-diff-images', 'aftersync-argocd-diff-core']);
    expect(rightsOf(find(manifests, 'Role', 'aftersync-argocd-diff-core')).sort()).toEqual(
      [
        ...['configmaps', 'secrets'].flatMap(resource => [`get /${resource}`, `list /${resource}`]),
        ...['get', 'list', 'watch', 'patch'].map(verb => `${verb} argoproj.io/applications`),
        ...['get', 'list'].map(verb => `${verb} argoproj.io/appprojects`),
        ...['list /services', 'list /pods', 'create /pods/portforward'],
      ].sort(),
    );
  });
});
