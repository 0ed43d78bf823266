import * as z from 'zod';
import { ObjectUid, Timestamp } from '../../lib/contracts/primitives.ts';

/** Go leaves an empty list out, or writes null. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(list => list ?? []);
const text = z.string().nullish();

/** Whole, because two sources are compared with everything they hold; only the named fields are ever copied. */
export const Source = z.looseObject({
  repoURL: z.string().default(''),
  path: text,
  chart: text,
  ref: text,
  targetRevision: text,
  helm: z
    .looseObject({ parameters: listOf(z.looseObject({ name: z.string(), value: z.string().default('') })) })
    .nullish(),
});
export type Source = z.infer<typeof Source>;

/** A multi-source entry of the history still has `source: {repoURL: ""}`; a single-source one has no `sources`. */
const sourced = { source: Source.nullish(), sources: listOf(Source) };
const revised = { revision: text, revisions: listOf(z.string()) };

const InitiatedBy = z.object({ username: text, automated: z.boolean().nullish() }).nullish();
export type InitiatedBy = z.infer<typeof InitiatedBy>;

const HistoryEntry = z.object({
  id: z.number().int().nonnegative(),
  deployedAt: Timestamp.nullish(),
  deployStartedAt: Timestamp.nullish(),
  initiatedBy: InitiatedBy,
  ...sourced,
  ...revised,
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

const SyncedResource = z.object({
  group: z.string().default(''),
  kind: z.string(),
  namespace: z.string().default(''),
  name: z.string(),
  status: z.string().default(''),
  hookType: z.string().default(''),
  hookPhase: z.string().default(''),
  images: listOf(z.string()),
});
export type SyncedResource = z.infer<typeof SyncedResource>;

const OperationState = z.object({
  phase: z.string(),
  message: z.string().nullish(),
  startedAt: Timestamp,
  finishedAt: Timestamp.nullish(),
  operation: z
    .object({
      initiatedBy: InitiatedBy,
      sync: z
        .object({
          ...sourced,
          ...revised,
          dryRun: z.boolean().nullish(),
          resources: listOf(z.unknown()),
          autoHealAttemptsCount: z.number().int().nullish(),
        })
        .nullish(),
    })
    .nullish(),
  // Its resources stay undefined where they are not listed, which is not the same as an empty list.
  syncResult: z.object({ ...sourced, ...revised, resources: z.array(SyncedResource).nullish() }).nullish(),
});
export type OperationState = z.infer<typeof OperationState>;

/** The fields of an Argo CD Application (argoproj.io/v1alpha1, 2.11 and later) that a deployment is made of. */
export const Application = z.object({
  kind: z.literal('Application').optional(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: ObjectUid,
    labels: z.record(z.string(), z.string()).nullish(),
    deletionTimestamp: text,
  }),
  spec: z.object({
    // Empty means default, as for Argo CD.
    project: z
      .string()
      .nullish()
      .transform(project => project || 'default'),
    destination: z.object({ server: text, name: text, namespace: text }).default({}),
    // Set since Argo CD 2.14: what it deploys is rendered before, into commits of its own.
    sourceHydrator: z.unknown().optional(),
    ...sourced,
  }),
  status: z
    .object({
      history: listOf(HistoryEntry),
      operationState: OperationState.nullish(),
      health: z.object({ status: text }).nullish(),
      reconciledAt: Timestamp.nullish(),
    })
    .nullish(),
});
export type Application = z.infer<typeof Application>;
