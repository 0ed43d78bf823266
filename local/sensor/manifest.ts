import * as z from 'zod';
import { ObjectName } from '../../lib/contracts/primitives.ts';
import { clusterOnly } from '../cluster-only.ts';

/*
 * The part of a Sensor of Argo Events 1.9 that decides what is created. Every object is strict: what is not here, such as
 * filters, transforms and other kinds of triggers, is refused by name, because leaving it out would show something else.
 */

const TriggerParameter = z.strictObject({
  src: z.strictObject({
    dependencyName: z.string(),
    contextKey: z.string().optional(),
    contextTemplate: z.string().optional(),
    dataKey: z.string().optional(),
    dataTemplate: z.string().optional(),
    useRawData: z.boolean().optional(),
    value: z.string().optional(),
  }),
  dest: z.string(),
  operation: z.enum(['', 'overwrite', 'append', 'prepend']).optional(),
});
export type TriggerParameter = z.infer<typeof TriggerParameter>;

const made = {
  source: z.strictObject({ resource: z.record(z.string(), z.unknown()) }),
  parameters: z.array(TriggerParameter).default([]),
};
const K8s = z.strictObject({
  ...made,
  operation: z.enum(['create', 'patch', 'update']).optional(),
  liveObject: z.literal(false).optional(),
  patchStrategy: clusterOnly,
});
const ArgoWorkflow = z.strictObject({ ...made, operation: z.literal('submit').optional() });

const TriggerTemplate = z
  .strictObject({
    name: z.string(),
    conditions: z.string().optional(),
    conditionsReset: clusterOnly,
    k8s: K8s.optional(),
    argoWorkflow: ArgoWorkflow.optional(),
  })
  .refine(({ k8s, argoWorkflow }) => (k8s === undefined) !== (argoWorkflow === undefined), {
    message: 'a trigger is either k8s or argoWorkflow',
  });

const onOccasion = {
  atLeastOnce: z.boolean().optional(),
  policy: clusterOnly,
  rateLimit: clusterOnly,
  retryStrategy: clusterOnly,
};
const Trigger = z.strictObject({
  template: TriggerTemplate,
  dlqTrigger: z.strictObject({ template: TriggerTemplate, ...onOccasion }).optional(),
  ...onOccasion,
});
export type Trigger = z.infer<typeof Trigger>;

export const Sensor = z.strictObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('Sensor'),
  metadata: z.strictObject({ name: ObjectName, namespace: clusterOnly, annotations: clusterOnly, labels: clusterOnly }),
  spec: z.strictObject({
    dependencies: z
      .array(z.strictObject({ name: z.string(), eventSourceName: z.string(), eventName: z.string() }))
      .min(1),
    triggers: z.array(Trigger).min(1),
    errorOnFailedRound: clusterOnly,
    eventBusName: clusterOnly,
    loggingFields: clusterOnly,
    replicas: clusterOnly,
    revisionHistoryLimit: clusterOnly,
    template: clusterOnly,
  }),
});
export type Sensor = z.infer<typeof Sensor>;
