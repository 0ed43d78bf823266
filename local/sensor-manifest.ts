import * as z from 'zod';
import { ObjectName } from '../lib/contracts/primitives.ts';
import { clusterOnly } from './cluster-only.ts';

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
