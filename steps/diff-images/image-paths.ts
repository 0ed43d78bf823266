/** Where kinds of a group name images. Group and kind are globs, a kind may be several. */
export interface ImagePaths {
  group: string;
  kinds: readonly string[];
  /**
   * Fields from the root of the object: `[]` is any item of a list, `*` any run of characters. A field holds a text, or an object of
   * registry, repository, image or name, tag or version, and digest. Without any, no field of the kind names an image, whatever it
   * looks like.
   */
  paths: readonly string[];
  /** Every object runs an image: where it names none, its operator chooses one. */
  always?: true;
  /** The documentation of the fields. */
  source: string;
}

/**
 * Fields of well-known operators that name images outside of a pod template, which is found wherever it stands. More by
 * evidence.customResources. The first entry that matches counts.
 */
export const OPERATORS: readonly ImagePaths[] = [
  {
    group: 'argoproj.io',
    kinds: ['*'],
    paths: ['*.container.image', '*.script.image', '*.sidecars[].image'],
    source: 'argo-workflows docs/fields.md: Template, ScriptTemplate, UserContainer; argo-events: Template',
  },
  {
    group: 'tekton.dev',
    kinds: ['*'],
    paths: ['spec.*steps[].image', 'spec.*sidecars[].image', 'spec.*stepTemplate.image', 'spec.image'],
    source: 'tektoncd/pipeline docs/pipeline-api.md: TaskSpec, EmbeddedTask, StepActionSpec',
  },
  {
    group: 'triggers.tekton.dev',
    kinds: ['TriggerTemplate'],
    paths: ['spec.resourcetemplates[].*steps[].image', 'spec.resourcetemplates[].*sidecars[].image'],
    source: 'tektoncd/triggers docs/triggertemplates.md',
  },
  {
    group: 'shipwright.io',
    kinds: ['BuildStrategy', 'ClusterBuildStrategy'],
    paths: ['spec.steps[].image', 'spec.buildSteps[].image'],
    source: 'shipwright-io/build docs/buildstrategies.md',
  },
  {
    group: 'monitoring.coreos.com',
    kinds: ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'],
    paths: ['spec.image', 'spec.thanos.image'],
    always: true,
    source: 'prometheus-operator Documentation/api-reference/api.md',
  },
  {
    group: 'sparkoperator.k8s.io',
    kinds: ['SparkApplication', 'SparkConnect'],
    paths: [
      'spec.image',
      'spec.driver.image',
      'spec.executor.image',
      'spec.driver.sidecars[].image',
      'spec.executor.sidecars[].image',
      'spec.sparkConf.spark.kubernetes.*container.image',
    ],
    source: 'kubeflow/spark-operator docs/api-docs.md',
  },
  {
    group: 'sparkoperator.k8s.io',
    kinds: ['ScheduledSparkApplication'],
    paths: [
      'spec.template.image',
      'spec.template.driver.image',
      'spec.template.executor.image',
      'spec.template.driver.sidecars[].image',
      'spec.template.executor.sidecars[].image',
      'spec.template.sparkConf.spark.kubernetes.*container.image',
    ],
    source: 'kubeflow/spark-operator docs/api-docs.md',
  },
  {
    group: 'spark.apache.org',
    kinds: ['SparkApplication', 'SparkCluster'],
    paths: ['spec.sparkConf.spark.kubernetes.*container.image'],
    source: 'apache/spark-kubernetes-operator docs/spark_custom_resources.md',
  },
  {
    group: 'flink.apache.org',
    kinds: ['FlinkDeployment', 'FlinkBlueGreenDeployment'],
    paths: ['spec.image', 'spec.template.spec.image', 'spec.*flinkConfiguration.kubernetes.container.image*'],
    source: 'apache/flink-kubernetes-operator docs: Reference, FlinkDeploymentSpec',
  },
  {
    group: 'rabbitmq.com',
    kinds: ['RabbitmqCluster'],
    paths: ['spec.image'],
    always: true,
    source: 'rabbitmq/cluster-operator docs/api/rabbitmq.com.ref.asciidoc',
  },
  {
    group: 'postgresql.cnpg.io',
    kinds: ['Cluster'],
    paths: ['spec.imageName', 'spec.*extensions[].image'],
    always: true,
    source: 'cloudnative-pg docs/src/cloudnative-pg.v1.md: ClusterSpec, ExtensionConfiguration',
  },
  {
    group: 'postgresql.cnpg.io',
    kinds: ['ImageCatalog', 'ClusterImageCatalog'],
    paths: ['spec.images[].image', 'spec.*extensions[].image'],
    source: 'cloudnative-pg docs/src/cloudnative-pg.v1.md: ImageCatalogSpec',
  },
  {
    group: 'kafka.strimzi.io',
    kinds: ['*'],
    paths: ['spec.*image', 'spec.*brokerRackInitImage', 'spec.*clientRackInitImage'],
    source: 'strimzi-kafka-operator documentation: Custom resource API reference',
  },
  {
    group: 'minio.min.io',
    kinds: ['Tenant'],
    paths: ['spec.image', 'spec.kes.image'],
    always: true,
    source: 'minio/operator docs/tenant_crd.adoc',
  },
  {
    group: 'ceph.rook.io',
    kinds: ['CephCluster', 'CephNFS'],
    paths: ['spec.cephVersion.image', 'spec.*sidecar.image'],
    source: 'rook Documentation/CRDs/specification.md',
  },
  {
    group: 'numaflow.numaproj.io',
    kinds: ['*'],
    paths: ['spec.*container.image', 'spec.*sidecars[].image', 'spec.*initContainers[].image'],
    source: 'numaflow docs/APIs.md: Container',
  },
  {
    group: 'kubevirt.io',
    kinds: ['VirtualMachine', 'VirtualMachineInstance', 'VirtualMachineInstanceReplicaSet'],
    paths: ['spec.*containerDisk.image', 'spec.*kernelBoot.container.image', 'spec.*source.registry.url'],
    source: 'kubevirt api-reference: ContainerDiskSource, KernelBootContainer; CDI DataVolumeSourceRegistry',
  },
  {
    group: 'pool.kubevirt.io',
    kinds: ['VirtualMachinePool'],
    paths: ['spec.*containerDisk.image', 'spec.*kernelBoot.container.image'],
    source: 'kubevirt api-reference: ContainerDiskSource',
  },
  {
    group: 'cdi.kubevirt.io',
    kinds: ['DataVolume', 'DataImportCron'],
    paths: ['spec.*source.registry.url'],
    source: 'containerized-data-importer doc/datavolumes.md',
  },
  {
    group: 'core.spinkube.dev',
    kinds: ['SpinApp'],
    paths: ['spec.image'],
    source: 'spinframework/spin-operator docs: SpinApp',
  },
  {
    group: 'core.spinoperator.dev',
    kinds: ['SpinApp'],
    paths: ['spec.image'],
    source: 'spinframework/spin-operator docs: SpinApp, before it moved',
  },
  {
    group: '*.k8s.elastic.co',
    kinds: [
      'Elasticsearch',
      'Kibana',
      'ApmServer',
      'Beat',
      'Agent',
      'EnterpriseSearch',
      'ElasticMapsServer',
      'Logstash',
      'PackageRegistry',
    ],
    paths: ['spec.image'],
    always: true,
    source: 'elastic/cloud-on-k8s docs: API reference',
  },
  {
    group: 'k8s.keycloak.org',
    kinds: ['Keycloak'],
    paths: ['spec.image'],
    always: true,
    source: 'keycloak operator: KeycloakSpec',
  },
  {
    group: 'extensions.istio.io',
    kinds: ['WasmPlugin'],
    paths: ['spec.url'],
    source: 'istio.io reference: WasmPlugin; only oci:// is an image',
  },
  {
    group: 'gateway.envoyproxy.io',
    kinds: ['EnvoyProxy', 'EnvoyExtensionPolicy'],
    paths: ['spec.*container.image', 'spec.wasm[].code.image.url'],
    source: 'gateway.envoyproxy.io API reference: KubernetesContainerSpec, ImageWasmCodeSource',
  },
  {
    group: 'opentelemetry.io',
    kinds: ['OpenTelemetryCollector', 'Instrumentation', 'TargetAllocator', 'OpAMPBridge'],
    paths: ['spec.image', 'spec.*.image', 'spec.*ontainers[].image'],
    source: 'open-telemetry/opentelemetry-operator docs/api',
  },
  {
    group: 'jaegertracing.io',
    kinds: ['Jaeger'],
    paths: ['spec.*image'],
    always: true,
    source: 'jaegertracing/jaeger-operator docs/api.md',
  },
  {
    group: 'operator.victoriametrics.com',
    kinds: ['*'],
    paths: ['spec.image', 'spec.*.image'],
    source: 'VictoriaMetrics/operator docs/api.md: Image',
  },
  {
    group: 'acid.zalan.do',
    kinds: ['postgresql'],
    paths: ['spec.dockerImage', 'spec.sidecars[].image', 'spec.*connectionPooler.dockerImage'],
    source: 'zalando/postgres-operator docs/reference/cluster_manifest.md',
  },
  {
    group: '*.percona.com',
    kinds: ['*'],
    paths: ['spec.*image'],
    source: 'percona operators deploy/cr.yaml',
  },
  {
    group: 'postgres-operator.crunchydata.com',
    kinds: ['*'],
    paths: ['spec.*image'],
    source: 'CrunchyData/postgres-operator: CRD reference',
  },
  {
    group: 'redis.redis.opstreelabs.in',
    kinds: ['*'],
    paths: ['spec.*image'],
    source: 'OT-CONTAINER-KIT/redis-operator: CRD reference',
  },
  {
    group: 'databases.spotahome.com',
    kinds: ['RedisFailover'],
    paths: ['spec.*image'],
    always: true,
    source: 'spotahome/redis-operator api/redisfailover/v1/types.go',
  },
  {
    group: 'dragonflydb.io',
    kinds: ['Dragonfly'],
    paths: ['spec.image'],
    always: true,
    source: 'dragonflydb/dragonfly-operator docs: Dragonfly CRD',
  },
  {
    group: 'cassandra.datastax.com',
    kinds: ['CassandraDatacenter'],
    paths: ['spec.serverImage', 'spec.systemLoggerImage', 'spec.configBuilderImage'],
    always: true,
    source: 'k8ssandra/cass-operator: CassandraDatacenterSpec',
  },
  {
    group: 'solr.apache.org',
    kinds: ['SolrCloud', 'SolrPrometheusExporter'],
    paths: ['spec.*solrImage', 'spec.*busyBoxImage', 'spec.image', 'spec.*provided.image'],
    source: 'apache/solr-operator docs: ContainerImage',
  },
  {
    group: 'zookeeper.pravega.io',
    kinds: ['ZookeeperCluster'],
    paths: ['spec.image'],
    always: true,
    source: 'pravega/zookeeper-operator: ContainerImage',
  },
  {
    group: 'vault.banzaicloud.com',
    kinds: ['Vault'],
    paths: ['spec.image', 'spec.bankVaultsImage', 'spec.statsdImage', 'spec.fluentdImage'],
    always: true,
    source: 'bank-vaults/vault-operator: VaultSpec',
  },
  {
    group: 'actions.summerwind.dev',
    kinds: ['*'],
    paths: ['spec.*image', 'spec.*dockerImage', 'spec.*initImage'],
    source: 'actions-runner-controller: RunnerConfig',
  },
  {
    group: 'pkg.crossplane.io',
    kinds: ['Provider', 'Function', 'Configuration', '*Revision'],
    paths: ['spec.package', 'spec.image'],
    source: 'crossplane docs: packages are OCI images',
  },
  {
    group: 'k8s.mariadb.com',
    kinds: ['*'],
    paths: ['spec.*image'],
    source: 'mariadb-operator docs/api_reference.md',
  },
  {
    group: 'mariadb.mmontes.io',
    kinds: ['*'],
    paths: ['spec.*image'],
    source: 'mariadb-operator docs/api_reference.md, before the group was renamed',
  },
  {
    group: 'openfaas.com',
    kinds: ['Function'],
    paths: ['spec.image'],
    source: 'openfaas/faas-netes artifacts/crds/openfaas.com_functions.yaml',
  },
  {
    group: 'core.humio.com',
    kinds: ['HumioCluster'],
    paths: ['spec.*image', 'spec.*helperImage'],
    source: 'humio/humio-operator docs/api.md',
  },
  {
    group: 'trident.netapp.io',
    kinds: ['TridentOrchestrator'],
    paths: ['spec.tridentImage', 'spec.autosupportImage'],
    source: 'NetApp/trident deploy/crds',
  },
  {
    group: 'numaplane.numaproj.io',
    kinds: ['*'],
    paths: ['spec.*container.image', 'spec.*sidecars[].image'],
    source: 'numaproj/numaplane docs: rollouts hold Numaflow specifications',
  },
  {
    group: 'image.toolkit.fluxcd.io',
    kinds: ['*'],
    paths: [],
    source: 'fluxcd/image-reflector-controller docs: names a repository to look at, and runs nothing',
  },
  {
    group: 'operators.coreos.com',
    kinds: ['CatalogSource'],
    paths: ['spec.image'],
    source: 'operator-framework/api: CatalogSourceSpec',
  },
  {
    group: 'longhorn.io',
    kinds: ['EngineImage', 'InstanceManager', 'ShareManager'],
    paths: ['spec.image'],
    source: 'longhorn-manager k8s/crds.yaml',
  },
  {
    group: 'apps.gitlab.com',
    kinds: ['Runner'],
    paths: ['spec.runnerImage', 'spec.helperImage', 'spec.buildImage'],
    source: 'gitlab-runner-operator: RunnerSpec',
  },
];

/** Kinds of well-known operators that run nothing: whoever cannot read one of them misses no image. */
export const WITHOUT_IMAGES: readonly { group: string; kinds: readonly string[] }[] = [
  {
    group: 'monitoring.coreos.com',
    kinds: ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'Probe', 'ScrapeConfig', 'AlertmanagerConfig'],
  },
  { group: 'cert-manager.io', kinds: ['*'] },
  { group: '*.cert-manager.io', kinds: ['*'] },
  { group: 'external-secrets.io', kinds: ['*'] },
  { group: '*.external-secrets.io', kinds: ['*'] },
  { group: 'secrets-store.csi.x-k8s.io', kinds: ['*'] },
  { group: 'bitnami.com', kinds: ['SealedSecret'] },
  { group: 'isindir.github.com', kinds: ['SopsSecret'] },
  { group: 'secrets.hashicorp.com', kinds: ['*'] },
  { group: 'networking.istio.io', kinds: ['*'] },
  { group: 'security.istio.io', kinds: ['*'] },
  { group: 'telemetry.istio.io', kinds: ['*'] },
  { group: 'gateway.networking.k8s.io', kinds: ['*'] },
  { group: 'policy.networking.k8s.io', kinds: ['*'] },
  { group: 'snapshot.storage.k8s.io', kinds: ['*'] },
  { group: 'groupsnapshot.storage.k8s.io', kinds: ['*'] },
  { group: 'autoscaling.k8s.io', kinds: ['*'] },
  { group: 'metrics.k8s.io', kinds: ['*'] },
  { group: 'cilium.io', kinds: ['*'] },
  { group: 'crd.projectcalico.org', kinds: ['*'] },
  { group: 'projectcalico.org', kinds: ['*'] },
  { group: 'metallb.io', kinds: ['*'] },
  { group: 'traefik.io', kinds: ['*'] },
  { group: 'traefik.containo.us', kinds: ['*'] },
  { group: 'configuration.konghq.com', kinds: ['*'] },
  { group: 'projectcontour.io', kinds: ['HTTPProxy', 'TLSCertificateDelegation', 'ExtensionService'] },
  { group: 'linkerd.io', kinds: ['*'] },
  { group: 'policy.linkerd.io', kinds: ['*'] },
  { group: 'keda.sh', kinds: ['ScaledObject', 'TriggerAuthentication', 'ClusterTriggerAuthentication'] },
  { group: 'route.openshift.io', kinds: ['*'] },
  { group: 'security.openshift.io', kinds: ['*'] },
  { group: 'project.openshift.io', kinds: ['*'] },
  { group: 'postgresql.cnpg.io', kinds: ['Backup', 'ScheduledBackup', 'Database', 'Publication', 'Subscription'] },
  {
    group: 'kafka.strimzi.io',
    kinds: ['KafkaTopic', 'KafkaUser', 'KafkaConnector', 'KafkaRebalance', 'KafkaNodePool'],
  },
  {
    group: 'rabbitmq.com',
    kinds: ['Queue', 'Exchange', 'Binding', 'Policy', 'User', 'Vhost', 'Permission', 'Federation', 'Shovel'],
  },
  {
    group: 'grafana.integreatly.org',
    kinds: ['GrafanaDashboard', 'GrafanaDatasource', 'GrafanaFolder', 'GrafanaAlertRuleGroup', 'GrafanaContactPoint'],
  },
  { group: 'externaldns.k8s.io', kinds: ['*'] },
  { group: 'velero.io', kinds: ['*'] },
  {
    group: 'kueue.x-k8s.io',
    kinds: [
      'ClusterQueue',
      'LocalQueue',
      'ResourceFlavor',
      'WorkloadPriorityClass',
      'AdmissionCheck',
      'Topology',
      'Cohort',
    ],
  },
  { group: 'argoproj.io', kinds: ['EventBus'] },
  { group: 'kustomize.toolkit.fluxcd.io', kinds: ['*'] },
  { group: 'source.toolkit.fluxcd.io', kinds: ['*'] },
  { group: 'notification.toolkit.fluxcd.io', kinds: ['*'] },
];
