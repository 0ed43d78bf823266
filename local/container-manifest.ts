import * as z from 'zod';
import { clusterOnly } from './cluster-only.ts';

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

export const Container = z.strictObject({
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
