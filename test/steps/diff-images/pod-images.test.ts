import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { imagesOfManifest } from '../../../steps/diff-images/pod-images.ts';

const POD = `
containers:
- {name: web, image: "reg.example/web:2"}
- {name: proxy, image: "envoy@sha256:aaaa"}
initContainers:
- {name: migrate, image: "reg.example/migrate:2"}
ephemeralContainers:
- {name: debug, image: busybox}`;

const IN_POD = [
  'container web reg.example/web:2',
  'container proxy envoy@sha256:aaaa',
  'initContainer migrate reg.example/migrate:2',
  'ephemeralContainer debug busybox',
];

const under = (path: string[], value: unknown): unknown =>
  path.reduceRight((inner, key) => (key === '[]' ? [inner] : { [key]: inner }), value);

const manifest = (apiVersion: string, kind: string, body: unknown, annotations: Record<string, string> = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop', annotations },
  ...(body as object),
});

const holding = (apiVersion: string, kind: string, path: string) =>
  manifest(apiVersion, kind, under(path.split('.'), parse(POD)));

const shown = (object: unknown) =>
  imagesOfManifest(object)?.images.map(
    ({ container, containerType, image }) => `${containerType} ${container} ${image}`,
  ) ?? null;

describe('imagesOfManifest', () => {
  it.each([
    ['v1', 'Pod', 'spec'],
    ['v1', 'ReplicationController', 'spec.template.spec'],
    ['v1', 'PodTemplate', 'template.spec'],
    ['apps/v1', 'Deployment', 'spec.template.spec'],
    ['apps/v1', 'StatefulSet', 'spec.template.spec'],
    ['apps/v1', 'DaemonSet', 'spec.template.spec'],
    ['apps/v1', 'ReplicaSet', 'spec.template.spec'],
    ['extensions/v1beta1', 'Deployment', 'spec.template.spec'],
    ['batch/v1', 'Job', 'spec.template.spec'],
    ['batch/v1', 'CronJob', 'spec.jobTemplate.spec.template.spec'],
    ['argoproj.io/v1alpha1', 'Rollout', 'spec.template.spec'],
    ['serving.knative.dev/v1', 'Service', 'spec.template.spec'],
    ['kueue.x-k8s.io/v1beta1', 'Workload', 'spec.podSets.[].template.spec'],
    ['jobset.x-k8s.io/v1alpha2', 'JobSet', 'spec.replicatedJobs.[].template.spec.template.spec'],
    ['flink.apache.org/v1beta1', 'FlinkDeployment', 'spec.podTemplate.spec'],
    ['serving.kserve.io/v1beta1', 'InferenceService', 'spec.predictor'],
    ['argoproj.io/v1alpha1', 'AnalysisTemplate', 'spec.metrics.[].provider.job.spec.template.spec'],
  ])('%s %s holds its pod spec at %s', (apiVersion, kind, path) => {
    expect(shown(holding(apiVersion, kind, path))).toEqual(IN_POD);
  });

  it('names the object by group, kind, namespace and name', () => {
    expect(imagesOfManifest(holding('apps/v1', 'Deployment', 'spec.template.spec'))).toMatchObject({
      group: 'apps',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      hookType: null,
    });
    expect(imagesOfManifest(holding('v1', 'Pod', 'spec'))).toMatchObject({ group: '', kind: 'Pod' });
  });

  it('takes a generated name and a missing namespace as they are', () => {
    const job = { ...holding('batch/v1', 'Job', 'spec.template.spec'), metadata: { generateName: 'migrate-' } };
    expect(imagesOfManifest(job)).toMatchObject({ name: 'migrate-', namespace: '' });
  });

  it('reads the steps of an Argo Workflow, but no template tag', () => {
    const templates = parse(`
- {name: build, container: {image: "reg.example/build:1"}, sidecars: [{name: docker, image: "docker:dind"}]}
- {name: say, script: {image: "python:3", source: "image: not/this:1"}}
- {name: any, container: {image: "{{inputs.parameters.image}}"}}
- {name: set, containerSet: {containers: [{name: a, image: "reg.example/a:1"}]}}`);
    const workflow = manifest('argoproj.io/v1alpha1', 'CronWorkflow', { spec: { workflowSpec: { templates } } });
    expect(shown(workflow)?.sort()).toEqual([
      'container a reg.example/a:1',
      'container docker docker:dind',
      'container null python:3',
      'container null reg.example/build:1',
    ]);
  });

  it('lists the containers of a custom resource that share an image, and an equal entry once', () => {
    const roles = { a: parse(POD), b: parse(POD), c: { containers: [{ name: 'other', image: 'reg.example/web:2' }] } };
    expect(shown(manifest('example.com/v1', 'Cluster', { spec: roles }))).toEqual([
      ...IN_POD,
      'container other reg.example/web:2',
    ]);
  });

  it.each<[string, unknown]>([
    ['a label, an argument, an environment variable and an annotation', lookalikes()],
    ['a ConfigMap', manifest('v1', 'ConfigMap', { data: { 'pod.yaml': POD } })],
    ['a ConfigMap whose data is no text', manifest('v1', 'ConfigMap', { data: parse(POD) })],
    ['a Secret', manifest('v1', 'Secret', { stringData: parse(POD) })],
    [
      'the schema of a custom resource definition',
      manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
        spec: { versions: [{ schema: { openAPIV3Schema: { default: parse(POD) } } }] },
      }),
    ],
    [
      'the schema in a Crossplane definition',
      manifest('apiextensions.crossplane.io/v1', 'CompositeResourceDefinition', {
        spec: { versions: [{ schema: { openAPIV3Schema: { example: parse(POD) } } }] },
      }),
    ],
    [
      'an old revision',
      manifest('apps/v1', 'ControllerRevision', { data: { spec: { template: { spec: parse(POD) } } } }),
    ],
    [
      'a policy',
      manifest('kyverno.io/v1', 'ClusterPolicy', { spec: { rules: [{ validate: { pattern: parse(POD) } }] } }),
    ],
    [
      'the values of another application',
      manifest('argoproj.io/v1alpha1', 'Application', { spec: { source: { helm: { valuesObject: parse(POD) } } } }),
    ],
    ['the values of a chart', manifest('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { values: parse(POD) } })],
    ['what the cluster reports', manifest('example.com/v1', 'Thing', { status: parse(POD) })],
    ['an image field of an operator', manifest('example.com/v1', 'Thing', { spec: { image: 'reg.example/a:1' } })],
    [
      'a Rollout that refers to a Deployment',
      manifest('argoproj.io/v1alpha1', 'Rollout', { spec: { workloadRef: {} } }),
    ],
    [
      'containers that are no list',
      manifest('apps/v1', 'Deployment', { spec: { template: { spec: { containers: 1 } } } }),
    ],
    ['no object', 'image: nginx'],
    ['nothing', null],
    ['an object without a kind', { metadata: { name: 'web' }, spec: parse(POD) }],
  ])('sees no image in %s', (_case, object) => {
    expect(shown(object)).toBeNull();
  });

  it('survives a YAML document that refers to itself', () => {
    const thing = parse(
      `{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}, spec: &a {self: *a, template: {spec: {containers: [{image: "a:1"}]}}}}`,
    );
    expect(shown(thing)).toEqual(['container null a:1']);
  });

  it.each<[Record<string, string>, string | null]>([
    [{}, null],
    [{ 'argocd.argoproj.io/hook': 'PreSync' }, 'PreSync'],
    [{ 'argocd.argoproj.io/hook': 'PostSync, SyncFail' }, 'PostSync'],
    [{ 'argocd.argoproj.io/hook': 'Skip,Sync' }, 'Sync'],
    [{ 'helm.sh/hook': 'pre-install,pre-upgrade' }, 'PreSync'],
    [{ 'helm.sh/hook': 'post-upgrade' }, 'PostSync'],
    [{ 'helm.sh/hook': 'crd-install' }, null],
    [{ 'argocd.argoproj.io/hook': 'SyncFail', 'helm.sh/hook': 'pre-install' }, 'SyncFail'],
  ])('reads the hook of %j as %s', (annotations, hookType) => {
    const job = manifest('batch/v1', 'Job', { spec: { template: { spec: parse(POD) } } }, annotations);
    expect(imagesOfManifest(job)).toMatchObject({ hookType });
  });

  it.each<Record<string, string>>([
    { 'argocd.argoproj.io/hook': 'Skip' },
    { 'argocd.argoproj.io/hook': 'PostDelete' },
    { 'helm.sh/hook': 'test' },
    { 'helm.sh/hook': 'pre-delete' },
  ])('sees no image in the hook %j, which no sync runs', annotations => {
    expect(shown(manifest('batch/v1', 'Job', { spec: { template: { spec: parse(POD) } } }, annotations))).toBeNull();
  });
});

function lookalikes() {
  const lookalike = 'reg.example/not-me:1';
  return manifest(
    'apps/v1',
    'Deployment',
    parse(`
spec:
  template:
    metadata: {labels: {image: ${lookalike}}, annotations: {image: ${lookalike}}}
    spec:
      containers:
      - name: web
        args: ["--sidecar-image=${lookalike}", "image: ${lookalike}"]
        env: [{name: IMAGE, value: ${lookalike}}]
      volumes: [{name: v, image: {reference: ${lookalike}}}]`),
    { 'kubectl.kubernetes.io/last-applied-configuration': `{"spec":{"containers":[{"image":"${lookalike}"}]}}` },
  );
}
