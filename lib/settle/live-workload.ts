import * as z from 'zod';

const count = z.number().int().optional();

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
    .optional(),
});
export type Selector = z.infer<typeof Selector>;

/**
 * What tells whether a workload has reached its specification: the fields of all kinds that have such a thing.
 * Source: apps/v1 Deployment, StatefulSet, DaemonSet, ReplicaSet; argoproj.io/v1alpha1 Rollout.
 */
export const LiveWorkload = z.object({
  metadata: z.object({
    uid: z.string(),
    generation: z.number().optional(),
    deletionTimestamp: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z
    .object({
      replicas: count,
      paused: z.boolean().optional(),
      selector: Selector.optional().catch(undefined),
      updateStrategy: z
        .object({ type: z.string().optional(), rollingUpdate: z.object({ partition: count }).optional() })
        .optional(),
    })
    .prefault({}),
  status: z
    .object({
      observedGeneration: z.coerce.number().optional().catch(undefined).describe('Text in a Rollout.'),
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      currentRevision: z.string().optional(),
      updateRevision: z.string().optional(),
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberReady: count,
      phase: z.string().optional().describe('Rollout: Healthy, Progressing, Paused or Degraded.'),
      abort: z.boolean().optional().describe('Rollout: given up, the pods of the version before stay.'),
      currentPodHash: z.string().optional().describe('Rollout: hash of the current pod template.'),
      stableRS: z.string().optional().describe('Rollout: hash of the pod template that is fully rolled out.'),
    })
    .prefault({}),
});
export type LiveWorkload = z.infer<typeof LiveWorkload>;

/** The label selector of a workload as a query parameter; null where it has none, which would select everything. */
export function labelSelectorOf({ spec: { selector } }: LiveWorkload): string | null {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',') || null;
}
