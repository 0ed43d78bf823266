import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CustomResources } from '../../../steps/diff-images/custom-resource.ts';
import { OPERATORS } from '../../../steps/diff-images/image-paths.ts';
import { imagesOfManifest, readManifest } from '../../../steps/diff-images/pod-images.ts';

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

const shown = (object: unknown, configured: CustomResources = []) =>
  readManifest(object, configured).workload?.images.map(
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
    [{ 'argocd.argoproj.io/hook': 'Presync', 'helm.sh/hook': 'pre-install' }, 'PreSync'],
    [{ 'argocd.argoproj.io/hook': 'SyncFail,Sync' }, 'Sync'],
    [{ 'helm.sh/hook': 'crd-install,post-install' }, 'PostSync'],
    [{ 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' }, null],
  ])('reads the hook of %j as %s', (annotations, hookType) => {
    const job = manifest('batch/v1', 'Job', { spec: { template: { spec: parse(POD) } } }, annotations);
    expect(readManifest(job).workload).toMatchObject({ hookType });
  });

  const job = (annotations: Record<string, string>) =>
    manifest('batch/v1', 'Job', { spec: { template: { spec: parse(POD) } } }, annotations);

  it.each<Record<string, string>>([
    { 'argocd.argoproj.io/hook': 'Skip' },
    { 'argocd.argoproj.io/hook': 'SyncFail' },
    { 'argocd.argoproj.io/hook': 'SyncFail', 'helm.sh/hook': 'pre-install' },
    { 'argocd.argoproj.io/hook': 'PreDelete' },
    { 'argocd.argoproj.io/hook': 'PostDelete' },
    { 'argocd.argoproj.io/hook': 'Skip,PostDelete' },
    { 'helm.sh/hook': 'test' },
    { 'helm.sh/hook': 'test-success' },
    { 'helm.sh/hook': 'pre-delete' },
    { 'helm.sh/hook': 'post-rollback' },
  ])('sees no image in the hook %j, which no sync that succeeds runs', annotations => {
    expect(readManifest(job(annotations))).toEqual({ workload: null, notLookedAt: [] });
  });

  it.each<[Record<string, string>, string]>([
    [{ 'argocd.argoproj.io/hook': 'Presync' }, 'Presync'],
    [{ 'argocd.argoproj.io/hook': 'presync, post-sync' }, 'presync, post-sync'],
    [{ 'argocd.argoproj.io/hook': '' }, ''],
    [{ 'argocd.argoproj.io/hook': 'Presync', 'helm.sh/hook': 'crd-install' }, 'Presync'],
    [{ 'helm.sh/hook': 'preinstall' }, 'preinstall'],
  ])('says that the hook %j is never applied', (annotations, word) => {
    expect(readManifest(job(annotations))).toEqual({
      workload: null,
      notLookedAt: [{ what: 'hook', where: 'Job shop/web', why: expect.stringContaining(`no hook "${word}"`) }],
    });
  });

  it('reads a live object whatever became of it in a sync', () => {
    expect(imagesOfManifest(job({ 'argocd.argoproj.io/hook': 'SyncFail' }))?.images).toHaveLength(4);
  });
});

describe('an image that is mounted', () => {
  const volumes = parse(
    `volumes: [{name: rules, image: {reference: "reg.example/rules:1"}}, {name: c, configMap: {}}]`,
  );

  it.each([
    ['apps/v1', 'Deployment', 'spec.template.spec'],
    ['v1', 'Pod', 'spec'],
    ['batch/v1', 'CronJob', 'spec.jobTemplate.spec.template.spec'],
    ['example.com/v1', 'Thing', 'spec.podTemplate.spec'],
  ])('counts in %s %s', (apiVersion, kind, path) => {
    const podSpec = { containers: [{ name: 'web', image: 'reg.example/web:2' }], ...volumes };
    const object = manifest(apiVersion, kind, under(path.split('.'), podSpec));
    expect(shown(object)).toEqual(['container web reg.example/web:2', 'imageVolume rules reg.example/rules:1']);
    expect(readManifest(object).notLookedAt).toEqual([]);
  });
});

describe('images of custom resources', () => {
  const custom = (apiVersion: string, kind: string, spec: string) => manifest(apiVersion, kind, { spec: parse(spec) });

  it.each<[string, string, string, string[]]>([
    [
      'monitoring.coreos.com/v1',
      'Prometheus',
      '{image: "q/prometheus:v3", thanos: {image: "q/thanos:1"}}',
      ['q/prometheus:v3', 'q/thanos:1'],
    ],
    [
      'monitoring.coreos.com/v1',
      'Alertmanager',
      '{image: "q/alertmanager:1", containers: [{name: side, image: "q/side:1"}]}',
      ['q/side:1', 'q/alertmanager:1'],
    ],
    [
      'sparkoperator.k8s.io/v1beta2',
      'SparkApplication',
      '{image: "s:1", driver: {}, executor: {image: "s:2", sidecars: [{name: a, image: "s:3"}]}}',
      ['s:1', 's:2', 's:3'],
    ],
    [
      'sparkoperator.k8s.io/v1alpha1',
      'SparkConnect',
      '{image: "s:1", server: {template: {spec: {containers: [{name: d, image: "s:2"}]}}}}',
      ['s:2', 's:1'],
    ],
    [
      'flink.apache.org/v1beta1',
      'FlinkDeployment',
      '{image: "f:1", podTemplate: {spec: {containers: [{name: flink-main-container}]}}}',
      ['f:1'],
    ],
    ['rabbitmq.com/v1beta1', 'RabbitmqCluster', '{image: "r:4"}', ['r:4']],
    [
      'postgresql.cnpg.io/v1',
      'Cluster',
      '{imageName: "g/postgresql:17", postgresql: {extensions: [{name: v, image: {reference: "g/pgvector:1"}}]}}',
      ['g/postgresql:17', 'g/pgvector:1'],
    ],
    [
      'kafka.strimzi.io/v1',
      'Kafka',
      '{kafka: {image: "k:1"}, entityOperator: {topicOperator: {image: "k:2"}}}',
      ['k:1', 'k:2'],
    ],
    ['minio.min.io/v2', 'Tenant', '{image: "m:1"}', ['m:1']],
    ['ceph.rook.io/v1', 'CephCluster', '{cephVersion: {image: "c:19"}}', ['c:19']],
    ['numaflow.numaproj.io/v1alpha1', 'Pipeline', '{vertices: [{name: a, udf: {container: {image: "n:1"}}}]}', ['n:1']],
    [
      'kubevirt.io/v1',
      'VirtualMachine',
      '{template: {spec: {volumes: [{name: root, containerDisk: {image: "d:7"}}]}}}',
      ['d:7'],
    ],
    ['core.spinkube.dev/v1alpha1', 'SpinApp', '{image: "ghcr.io/a/b:1"}', ['ghcr.io/a/b:1']],
    ['tekton.dev/v1', 'Task', '{steps: [{name: s, image: "t:1"}], stepTemplate: {image: "t:2"}}', ['t:1', 't:2']],
    [
      'tekton.dev/v1',
      'PipelineRun',
      '{pipelineSpec: {tasks: [{name: a, taskSpec: {steps: [{name: s, image: "t:1"}], sidecars: [{name: c, image: "t:2"}]}}]}}',
      ['t:1', 't:2'],
    ],
    ['elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', '{image: "e:9"}', ['e:9']],
    [
      'operator.victoriametrics.com/v1beta1',
      'VMCluster',
      '{vmselect: {image: {repository: v/vmselect, tag: v1.1}}}',
      ['v/vmselect:v1.1'],
    ],
    ['extensions.istio.io/v1alpha1', 'WasmPlugin', '{url: "oci://ghcr.io/a/plugin:1"}', ['ghcr.io/a/plugin:1']],
    ['extensions.istio.io/v1alpha1', 'WasmPlugin', '{url: "https://example.com/plugin.wasm"}', []],
    ['cdi.kubevirt.io/v1beta1', 'DataVolume', '{source: {registry: {url: "docker://q/disk:1"}}}', ['q/disk:1']],
    [
      'kubeflow.org/v1',
      'PyTorchJob',
      '{pytorchReplicaSpecs: {Master: {template: {spec: {containers: [{name: p, image: "p:1"}]}}}}}',
      ['p:1'],
    ],
    [
      'apps.openshift.io/v1',
      'DeploymentConfig',
      '{template: {spec: {containers: [{name: c, image: "o:1"}]}}}',
      ['o:1'],
    ],
    [
      'example.com/v1',
      'Cluster',
      '{data: {spec: {containers: [{name: a, image: "a:1"}]}}, values: {containers: [{name: b, image: "b:1"}]}}',
      ['a:1', 'b:1'],
    ],
  ])('%s %s %s', (apiVersion, kind, spec, images) => {
    const { workload, notLookedAt } = readManifest(custom(apiVersion, kind, spec));
    expect(workload?.images.map(({ image }) => image) ?? []).toEqual(images);
    expect(notLookedAt).toEqual([]);
  });

  it.each([
    ['a field', '{image: "reg.example/a:1"}', 'spec.image names reg.example/a:1, and is not known to hold an image'],
    ['a bare name', '{image: nginx}', 'spec.image names nginx'],
    ['a longer name', '{deep: [{sidecarImage: busybox}]}', 'spec.deep[].sidecarImage names busybox'],
    ['imageName', '{imageName: "a/b"}', 'spec.imageName names a/b'],
    [
      'a key with a dot',
      '{conf: {"kubernetes.container.image": "a:1"}}',
      'spec.conf.kubernetes.container.image names a:1',
    ],
    ['a list of texts', '{images: ["a:1"]}', 'spec.images[] names a:1'],
    ['parts', '{image: {repository: a/b, tag: 1.5}}', 'spec.image names a/b:1.5'],
    ['parts of any name', '{web: {repository: a/b, tag: "1"}}', 'spec.web names a/b:1'],
    ['a template', '{image: "a:$(params.tag)"}', 'spec.image names a:$(params.tag), which is filled in later'],
    [
      'a template in a container',
      '{containers: [{name: c, image: "a:${TAG}"}]}',
      'container c names a:${TAG}, which is filled in later',
    ],
    ['a blank image', '{containers: [{name: c, image: " "}]}', 'container c names no image'],
  ])('says %s that looks like an image and is not taken', (_, spec, why) => {
    const { workload, notLookedAt } = readManifest(custom('example.com/v1', 'Thing', spec));
    expect(workload).toBeNull();
    expect(notLookedAt).toEqual([{ what: 'field', where: 'Thing shop/web', why: expect.stringContaining(why) }]);
  });

  it('breaks up template tags where it says them', () => {
    const { notLookedAt } = readManifest(
      custom('argoproj.io/v1alpha1', 'WorkflowTemplate', '{templates: [{container: {image: "a:{{x}}"}}]}'),
    );
    expect(notLookedAt).toMatchObject([
      { what: 'field', why: expect.stringContaining('a:{ {x} }, which is filled in later') },
    ]);
  });

  it.each([
    ['a policy', '{imagePullPolicy: Always, imagePullSecrets: [{name: a}]}'],
    ['a switch', '{renderImage: true, image: 7}'],
    ['a picture and a disk', '{image: "logo.png", baseImage: "ubuntu.qcow2"}'],
    ['an address', '{image: "https://example.com/a"}'],
    ['an object that is called an image', '{image: {pullPolicy: Always}, images: {replicas: 2}}'],
    ['a repository of Git', '{source: {repository: "https://git.example/a", tag: "1"}}'],
  ])('does not say %s', (_, spec) => {
    expect(readManifest(custom('example.com/v1', 'Thing', spec))).toEqual({ workload: null, notLookedAt: [] });
  });

  it('says a few of many fields, and how many there are', () => {
    const spec = JSON.stringify({
      parts: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${at}`, { image: `a:${at}` }])),
    });
    const { notLookedAt } = readManifest(custom('example.com/v1', 'Thing', spec));
    expect(notLookedAt).toHaveLength(1);
    expect(notLookedAt[0]?.why).toMatch(
      /spec\.parts\.p4\.image names a:4, and is not known to hold an image, and 45 more$/,
    );
  });

  it('takes configured fields before those that are built in', () => {
    const configured = [
      { group: '*.example.com', kind: 'Thing', imagePaths: ['spec.parts[].oci', 'spec.web'] },
      { group: 'monitoring.coreos.com', kind: '*', imagePaths: [] },
    ];
    const thing = custom(
      'a.example.com/v1',
      'Thing',
      '{parts: [{name: p, oci: "a:1"}], web: {registry: r.example, repository: b, tag: "2"}}',
    );
    expect(shown(thing, configured)).toEqual(['container null r.example/b:2', 'container p a:1']);
    expect(readManifest(custom('monitoring.coreos.com/v1', 'Prometheus', '{image: "a:1"}'), configured)).toEqual({
      workload: null,
      notLookedAt: [],
    });
  });

  it.each([
    ['postgresql.cnpg.io/v1', 'Cluster', 'its operator chooses one'],
    ['monitoring.coreos.com/v1', 'Prometheus', 'its operator chooses one'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'it installs a chart'],
  ])('says that a %s %s runs what it does not name', (apiVersion, kind, why) => {
    expect(readManifest(custom(apiVersion, kind, '{instances: 3}'))).toEqual({
      workload: null,
      notLookedAt: [{ what: 'operator', where: `${kind} shop/web`, why: expect.stringContaining(why) }],
    });
  });

  it.each([
    ['snapshot.storage.k8s.io/v1', 'VolumeSnapshot', true],
    ['example.k8s.io/v1', 'Thing', true],
    ['batch.volcano.sh/v1alpha1', 'Job', true],
    ['storage.k8s.io/v1', 'StorageClass', false],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', false],
    ['apps/v1', 'ControllerRevision', false],
  ])('looks into %s %s: %s', (apiVersion, kind, isLooked) => {
    expect(shown(manifest(apiVersion, kind, { spec: { template: { spec: parse(POD) } } }))).toEqual(
      isLooked ? IN_POD : null,
    );
  });

  it('names a source for every operator, and each group and kind once', () => {
    const names = OPERATORS.flatMap(({ group, kinds }) => kinds.map(kind => `${group}/${kind}`));
    expect(new Set(names).size).toBe(names.length);
    expect(OPERATORS.filter(({ source }) => source.length < 10)).toEqual([]);
  });
});

describe('what is dropped is said', () => {
  it.each([
    ['blank', '""'],
    ['a space', '" "'],
    ['missing', 'null'],
    ['no text', '7'],
  ])('an image of a Deployment that is %s', (_, image) => {
    const spec = parse(`{template: {spec: {containers: [{name: main, image: ${image}}, {name: side, image: "a:1"}]}}}`);
    const { workload, notLookedAt } = readManifest(manifest('apps/v1', 'Deployment', { spec }));
    expect(workload?.images.map(({ container }) => container)).toEqual(['side']);
    expect(notLookedAt).toEqual([
      { what: 'field', where: 'Deployment shop/web', why: 'container main names no image: something else fills it in' },
    ]);
  });

  it.each([
    ['no metadata', undefined],
    ['no name', { namespace: 'shop' }],
    ['a number for a name', { name: 123 }],
    ['an empty name', { name: '' }],
  ])('an object with %s', (_, metadata) => {
    const object = { apiVersion: 'v1', kind: 'Pod', ...(metadata && { metadata }), spec: parse(POD) };
    expect(readManifest(object)).toMatchObject({ workload: null, notLookedAt: [{ what: 'resource' }] });
    expect(readManifest({ apiVersion: 'v1', kind: 'ConfigMap', ...(metadata && { metadata }) }).notLookedAt).toEqual(
      [],
    );
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
      volumes: [{name: v, configMap: {name: '${lookalike}'}}]`),
    { 'kubectl.kubernetes.io/last-applied-configuration': `{"spec":{"containers":[{"image":"${lookalike}"}]}}` },
  );
}
