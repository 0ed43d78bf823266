import * as z from 'zod';
import { ObjectName } from '../lib/contracts/primitives.ts';
import { clusterOnly } from './cluster-only.ts';
import { Container, Volume } from './container-manifest.ts';

/*
 * The part of Argo's resources that has a meaning on one machine. Every object is strict: a field that is not here is
 * refused by name, because a run that quietly leaves it out would not be the run that the cluster makes.
 */

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

/** Its file lies in a volume of the step; the runner hands it to nobody. */
const OutputParameter = z.strictObject({
  name: z.string(),
  globalName: clusterOnly,
  valueFrom: z.strictObject({ path: z.string(), default: z.string() }),
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
    outputs: z
      .strictObject({
        parameters: z.array(OutputParameter).default([]),
        artifacts: z.array(OutputArtifact).default([]),
      })
      .default({ parameters: [], artifacts: [] }),
    container: Container.optional(),
    dag: Dag.optional(),
    retryStrategy: RetryStrategy.optional(),
    activeDeadlineSeconds: count.optional(),
    volumes: z.array(Volume).default([]),
    automountServiceAccountToken: clusterOnly,
    executor: clusterOnly,
    // Their tags are about a node that has ended: there is nothing to replace them with here.
    metrics: clusterOnly.transform(() => undefined),
    podSpecPatch: clusterOnly,
    securityContext: clusterOnly,
    serviceAccountName: clusterOnly,
  })
  .refine(template => (template.container === undefined) !== (template.dag === undefined), {
    message: 'a template is either a container or a dag',
  });
export type Template = z.infer<typeof Template>;

/** One machine runs one Workflow at a time: of a lock only the form is held. */
const Synchronization = z.strictObject({ mutexes: z.array(z.strictObject({ name: z.string() })) });

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
    podMetadata: clusterOnly,
    podSpecPatch: clusterOnly,
    serviceAccountName: clusterOnly,
    synchronization: Synchronization.optional(),
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
