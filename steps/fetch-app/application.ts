import * as z from 'zod';
import { ObjectUid, wholeSeconds } from '../../lib/contracts/primitives.ts';

/** Go leaves an empty list out, or writes null. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(list => list ?? []);
const text = z.string().nullish();
const textOrEmpty = text.transform(value => value ?? '');
/** In one spelling. What is no time is not known: only the start of an operation must be one. */
const time = text.transform(value => (value ? wholeSeconds(value) : null));

/** Whole, because two sources are compared with everything they hold; only the named fields are ever copied. */
export const Source = z.looseObject({
  repoURL: textOrEmpty,
  path: text,
  chart: text,
  ref: text,
  targetRevision: text,
  // No field of a parameter is required: one without a name sets nothing.
  helm: z.looseObject({ parameters: listOf(z.looseObject({ name: text, value: text })) }).nullish(),
});
export type Source = z.infer<typeof Source>;

/** A multi-source entry of the history still has `source: {repoURL: ""}`; a single-source one has no `sources`. */
const sourced = { source: Source.nullish(), sources: listOf(Source) };
const revised = { revision: text, revisions: listOf(z.string()) };

const InitiatedBy = z.object({ username: text, automated: z.boolean().nullish() }).nullish();
export type InitiatedBy = z.infer<typeof InitiatedBy>;

const HistoryEntry = z.object({
  id: z.number().int().nonnegative(),
  deployedAt: time,
  deployStartedAt: time,
  initiatedBy: InitiatedBy,
  ...sourced,
  ...revised,
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

const SyncedResource = z.object({
  group: textOrEmpty,
  kind: z.string(),
  namespace: textOrEmpty,
  name: z.string(),
  status: textOrEmpty,
  hookType: textOrEmpty,
  hookPhase: textOrEmpty,
  images: listOf(z.string()),
});
export type SyncedResource = z.infer<typeof SyncedResource>;

const OperationState = z.object({
  phase: z.string(),
  message: text,
  startedAt: z
    .string()
    .transform(value => wholeSeconds(value) ?? value)
    .refine(value => wholeSeconds(value) !== null, 'not an RFC 3339 time'),
  finishedAt: time,
  operation: z
    .object({
      initiatedBy: InitiatedBy,
      sync: z
        .object({
          ...sourced,
          ...revised,
          dryRun: z.boolean().nullish(),
          resources: listOf(z.unknown()),
          manifests: listOf(z.unknown()),
          autoHealAttemptsCount: z.number().int().nullish(),
        })
        .nullish(),
    })
    .nullish(),
  // Its resources stay undefined where they are not listed, which is not the same as an empty list.
  syncResult: z.object({ ...sourced, ...revised, resources: z.array(SyncedResource).nullish() }).nullish(),
});
export type OperationState = z.infer<typeof OperationState>;

/** What an Application with a source hydrator is rendered from, and the branch that the result is synced from. */
const SourceHydrator = z.object({
  drySource: z.object({ repoURL: textOrEmpty, path: text, targetRevision: text }).nullish(),
  syncSource: z.object({ repoURL: text, path: text, targetBranch: text }).nullish(),
});
export type SourceHydrator = z.infer<typeof SourceHydrator>;

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
    project: text.transform(project => project || 'default'),
    destination: z
      .object({ server: text, name: text, namespace: text })
      .nullish()
      .transform(destination => destination ?? {}),
    // Set since Argo CD 2.14: what it deploys is rendered before, into commits of its own.
    sourceHydrator: SourceHydrator.nullish(),
    ...sourced,
  }),
  status: z
    .object({
      history: listOf(HistoryEntry),
      operationState: OperationState.nullish(),
      health: z.object({ status: text }).nullish(),
      reconciledAt: time,
      sourceHydrator: z
        .object({ lastSuccessfulOperation: z.object({ drySHA: text, hydratedSHA: text }).nullish() })
        .nullish(),
    })
    .nullish(),
});
export type Application = z.infer<typeof Application>;
