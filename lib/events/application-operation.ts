import * as z from 'zod';
import type { SyncEvent } from '../contracts/sync-event.ts';

const text = z.string().nullish();
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(list => list ?? []);
const Source = z.looseObject({ repoURL: text, path: text, chart: text, ref: text, targetRevision: text });
const sourced = { source: Source.nullish(), sources: listOf(Source) };
const revised = { revision: text, revisions: z.array(z.string()).nullish() };
const InitiatedBy = z.record(z.string(), z.unknown()).nullish();

const Status = z.object({
  history: listOf(
    z.object({ deployStartedAt: text, deployedAt: text, initiatedBy: InitiatedBy, ...sourced, ...revised }),
  ),
  operationState: z
    .object({
      phase: z.string(),
      message: text,
      startedAt: z.string(),
      finishedAt: text,
      operation: z
        .object({
          initiatedBy: InitiatedBy,
          sync: z
            .object({
              dryRun: z.boolean().nullish(),
              resources: listOf(z.unknown()),
              manifests: listOf(z.unknown()),
              autoHealAttemptsCount: z.number().nullish(),
            })
            .nullish(),
        })
        .nullish(),
      syncResult: z
        .object({
          ...sourced,
          ...revised,
          resources: listOf(
            z.object({
              group: text,
              kind: z.string(),
              namespace: text,
              name: z.string(),
              status: text,
              hookType: text,
              images: listOf(z.string()),
            }),
          ),
        })
        .nullish(),
    })
    .nullish(),
});

/** The fields of an Application that its last operation, and one of its history, are told with. */
export const EventApplication = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
  spec: z.object({
    project: text,
    destination: z.object({ server: text, name: text, namespace: text }).nullish(),
    sourceHydrator: z
      .object({ drySource: z.object({ repoURL: text, path: text, targetRevision: text }).nullish() })
      .nullish(),
  }),
  status: Status.nullish().transform(status => status ?? { history: [] }),
});
export type EventApplication = z.infer<typeof EventApplication>;
type EventData = z.input<typeof SyncEvent>;

const MAX_MESSAGE_BYTES = 1024;

const subjectOf = ({ metadata: { name, namespace, uid }, spec }: EventApplication) => ({
  application: name,
  namespace,
  uid,
  project: spec.project || 'default',
  destination: given(spec.destination ?? {}),
  drySource: spec.sourceHydrator?.drySource ? given(spec.sourceHydrator.drySource) : null,
});

/** Without what is not set. */
const given = (fields: Record<string, string | null | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => Boolean(entry[1])));

/** What the notification template says of the last operation. @returns null where it is not over */
export function currentEvent(application: EventApplication): EventData | null {
  const state = application.status.operationState;
  if (!state || !isFinished(state.phase)) return null;
  const { operation, syncResult } = state;
  const sync = operation?.sync;
  return {
    ...subjectOf(application),
    phase: state.phase,
    message: cut(state.message ?? ''),
    startedAt: state.startedAt,
    finishedAt: state.finishedAt ?? null,
    initiatedBy: operation?.initiatedBy ?? {},
    dryRun: sync?.dryRun ?? false,
    partial: (sync?.resources.length ?? 0) > 0,
    autoHealAttemptsCount: sync?.autoHealAttemptsCount ?? 0,
    localManifests: (sync?.manifests.length ?? 0) > 0,
    revision: syncResult?.revision ?? null,
    revisions: syncResult?.revisions ?? null,
    sources: syncResult ? toSources(syncResult) : [],
    resources: (syncResult?.resources ?? [])
      .filter(({ images }) => images.length > 0)
      .map(({ group, kind, namespace, name, status, hookType, images }) => ({
        group: group ?? '',
        kind,
        namespace: namespace ?? '',
        name,
        status: status ?? '',
        hookType: hookType ?? '',
        images,
      })),
    resourcesOmitted: false,
  };
}

/**
 * What the history still says of an operation. Its resources are not kept there, and those of today are not its own.
 * @returns null where no entry started then
 */
export function historyEvent(application: EventApplication, startedAt: string): EventData | null {
  const entry = application.status.history.find(({ deployStartedAt }) => deployStartedAt === startedAt);
  if (entry === undefined) return null;
  return {
    ...subjectOf(application),
    phase: 'Succeeded',
    message: '',
    startedAt,
    finishedAt: entry.deployedAt ?? null,
    initiatedBy: entry.initiatedBy ?? {},
    dryRun: false,
    partial: false,
    autoHealAttemptsCount: 0,
    localManifests: false,
    revision: entry.revision ?? null,
    revisions: entry.revisions ?? null,
    sources: toSources(entry),
    resources: [],
    resourcesOmitted: true,
  };
}

const isFinished = (phase: string): phase is EventData['phase'] => ['Succeeded', 'Failed', 'Error'].includes(phase);

type Sourced = Pick<z.infer<typeof Status>['history'][number], 'source' | 'sources'>;

const toSources = ({ source, sources }: Sourced): EventData['sources'] =>
  (sources.length > 0 ? sources : source && Object.keys(source).length > 0 ? [source] : []).map(
    ({ repoURL, path, chart, ref, targetRevision }) => ({
      repoURL: repoURL ?? '',
      ...(path && { path }),
      ...(chart && { chart }),
      ...(ref && { ref }),
      ...(targetRevision && { targetRevision }),
    }),
  );

/** As the template cuts: after so many bytes, and each byte that is left of a character stands for itself. */
function cut(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= MAX_MESSAGE_BYTES) return message;
  let end = MAX_MESSAGE_BYTES;
  while (isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end).toString() + NO_CHARACTER.repeat(MAX_MESSAGE_BYTES - end);
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** goJson prints it as Go does a byte that is no UTF-8. */
const NO_CHARACTER = '\udfff';
