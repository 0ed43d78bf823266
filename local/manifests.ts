import * as z from 'zod';
import { ObjectName } from '../lib/contracts/primitives.ts';

/*
 * The part of Argo's resources that has a meaning on one machine. Every object is strict: a field that is not here is
 * refused by name, because a run that quietly leaves it out would not be the run that the cluster makes.
 */

/** Kept in the manifest for the cluster; one machine has nothing to do with it. */
const clusterOnly = z.unknown().optional();
const count = z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number);

export const RetryStrategy = z.strictObject({
  limit: count.optional(),
  retryPolicy: z.enum(['Always', 'OnFailure', 'OnError']).optional(),
  expression: z.string().optional(),
  backoff: z.strictObject({ duration: z.string(), factor: count.optional(), cap: z.string().optional() }).optional(),
});
export type RetryStrategy = z.infer<typeof RetryStrategy>;

const Parameter = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  default: z.string().optional(),
  value: z.string().optional(),
});
export type Parameter = z.infer<typeof Parameter>;

const ArtifactArgument = z.strictObject({
  name: z.string(),
  from: z.string().optional(),
  raw: z.strictObject({ data: z.string() }).optional(),
  optional: z.boolean().optional(),
});
const Arguments = z.strictObject({
  parameters: z.array(Parameter).default([]),
  artifacts: z.array(ArtifactArgument).default([]),
});

const InputArtifact = z.strictObject({ name: z.string(), path: z.string(), optional: z.boolean().optional() });
const OutputArtifact = z.strictObject({
  name: z.string(),
  path: z.string(),
  optional: z.boolean().optional(),
  globalName: z.string().optional(),
  archive: z.strictObject({ none: z.strictObject({}) }),
  s3: z.strictObject({ key: z.string() }),
});
export type OutputArtifact = z.infer<typeof OutputArtifact>;

const keyOf = z.strictObject({ name: z.string(), key: z.string(), optional: z.boolean().optional() });
export const EnvVar = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.union([z.strictObject({ secretKeyRef: keyOf }), z.strictObject({ configMapKeyRef: keyOf })]).optional(),
});
export type EnvVar = z.infer<typeof EnvVar>;

const items = z.array(z.strictObject({ key: z.string(), path: z.string(), mode: clusterOnly })).optional();
export const Volume = z.strictObject({
  name: z.string(),
  emptyDir: z.strictObject({ sizeLimit: clusterOnly, medium: clusterOnly }).optional(),
  configMap: z
    .strictObject({ name: z.string(), items, optional: z.boolean().optional(), defaultMode: clusterOnly })
    .optional(),
  secret: z
    .strictObject({ secretName: z.string(), items, optional: z.boolean().optional(), defaultMode: clusterOnly })
    .optional(),
});
export type Volume = z.infer<typeof Volume>;

const Container = z.strictObject({
  command: z.array(z.string()),
  args: z.array(z.string()).default([]),
  env: z.array(EnvVar).default([]),
  volumeMounts: z
    .array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }))
    .default([]),
  image: clusterOnly,
  imagePullPolicy: clusterOnly,
  resources: clusterOnly,
  securityContext: clusterOnly,
});

const Task = z.strictObject({
  name: z.string(),
  depends: z.string().optional(),
  template: z.string().optional(),
  templateRef: z.strictObject({ name: z.string(), template: z.string(), clusterScope: z.literal(true) }).optional(),
  arguments: Arguments.default({ parameters: [], artifacts: [] }),
});
export type Task = z.infer<typeof Task>;

const Dag = z
  .strictObject({ failFast: z.literal(false).optional(), tasks: z.array(Task).min(1) })
  .refine(dag => dag.failFast === false || dag.tasks.length === 1, {
    message: 'the runner never fails fast: failFast must be false',
    path: ['failFast'],
  });
export type Dag = z.infer<typeof Dag>;

export const Template = z
  .strictObject({
    name: z.string(),
    inputs: z
      .strictObject({ parameters: z.array(Parameter).default([]), artifacts: z.array(InputArtifact).default([]) })
      .default({ parameters: [], artifacts: [] }),
    outputs: z.strictObject({ artifacts: z.array(OutputArtifact).default([]) }).default({ artifacts: [] }),
    container: Container.optional(),
    dag: Dag.optional(),
    retryStrategy: RetryStrategy.optional(),
    activeDeadlineSeconds: count.optional(),
    volumes: z.array(Volume).default([]),
    automountServiceAccountToken: clusterOnly,
    executor: clusterOnly,
    podSpecPatch: clusterOnly,
    securityContext: clusterOnly,
    serviceAccountName: clusterOnly,
  })
  .refine(template => (template.container === undefined) !== (template.dag === undefined), {
    message: 'a template is either a container or a dag',
  });
export type Template = z.infer<typeof Template>;

export const ClusterWorkflowTemplate = z.strictObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('ClusterWorkflowTemplate'),
  metadata: z.strictObject({ name: ObjectName, annotations: clusterOnly, labels: clusterOnly }),
  spec: z.strictObject({
    entrypoint: z.string(),
    onExit: z.string().optional(),
    arguments: Arguments.default({ parameters: [], artifacts: [] }),
    templates: z.array(Template).min(1),
    activeDeadlineSeconds: count.optional(),
    archiveLogs: clusterOnly,
    automountServiceAccountToken: clusterOnly,
    executor: clusterOnly,
    podGC: clusterOnly,
    podSpecPatch: clusterOnly,
    serviceAccountName: clusterOnly,
    ttlStrategy: clusterOnly,
    workflowMetadata: clusterOnly,
  }),
});
export type ClusterWorkflowTemplate = z.infer<typeof ClusterWorkflowTemplate>;

/** What a Sensor creates: a name, a template and its arguments. */
export const Workflow = z.strictObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('Workflow'),
  metadata: z.strictObject({ name: ObjectName, labels: clusterOnly, annotations: clusterOnly }),
  spec: z.strictObject({
    workflowTemplateRef: z.strictObject({ name: z.string(), clusterScope: z.literal(true) }),
    arguments: Arguments,
  }),
});
export type Workflow = z.infer<typeof Workflow>;

const TriggerParameter = z.strictObject({
  src: z.strictObject({ dependencyName: z.string(), dataKey: z.string(), value: z.string().optional() }),
  dest: z.string(),
  operation: z.literal('overwrite').optional(),
});
export type TriggerParameter = z.infer<typeof TriggerParameter>;

export const Sensor = z.strictObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('Sensor'),
  metadata: z.strictObject({ name: ObjectName, annotations: clusterOnly, labels: clusterOnly }),
  spec: z.strictObject({
    dependencies: z
      .array(z.strictObject({ name: z.string(), eventSourceName: z.string(), eventName: z.string() }))
      .length(1),
    triggers: z
      .array(
        z.strictObject({
          template: z.strictObject({
            name: z.string(),
            k8s: z.strictObject({
              operation: z.literal('patch'),
              source: z.strictObject({ resource: z.unknown() }),
              parameters: z.array(TriggerParameter),
            }),
          }),
          atLeastOnce: clusterOnly,
          dlqTrigger: clusterOnly,
          retryStrategy: clusterOnly,
        }),
      )
      .length(1),
    eventBusName: clusterOnly,
    template: clusterOnly,
  }),
});
export type Sensor = z.infer<typeof Sensor>;
