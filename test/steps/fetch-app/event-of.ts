import { operationId } from '../../../lib/events/parse-event.ts';

/** The value under a path of names, undefined where the path ends early. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
}

const pick = (value: unknown, defaults: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(defaults).map(([name, fallback]) => [name, at(value, name) ?? fallback]));
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * The event that the notification template (event-sources/argocd) builds from an Application: the same fields, the same
 * defaults, only resources with images. `data` replaces fields of it, and the identity follows.
 */
export function eventOf(
  application: unknown,
  data: Record<string, unknown> = {},
  envelope: Record<string, unknown> = {},
) {
  const state = at(application, 'status', 'operationState');
  const sync = at(state, 'operation', 'sync');
  const result = at(state, 'syncResult');
  const single = at(result, 'source') === undefined ? [] : [at(result, 'source')];
  const sources = list(at(result, 'sources')).length > 0 ? list(at(result, 'sources')) : single;
  const event: Record<string, unknown> = {
    application: at(application, 'metadata', 'name'),
    namespace: at(application, 'metadata', 'namespace'),
    uid: at(application, 'metadata', 'uid'),
    project: at(application, 'spec', 'project') || 'default',
    destination: at(application, 'spec', 'destination') ?? {},
    drySource: at(application, 'spec', 'sourceHydrator', 'drySource') ?? null,
    ...pick(state, { phase: null, message: '', startedAt: null, finishedAt: null }),
    initiatedBy: at(state, 'operation', 'initiatedBy') ?? {},
    dryRun: at(sync, 'dryRun') ?? false,
    partial: list(at(sync, 'resources')).length > 0,
    autoHealAttemptsCount: at(sync, 'autoHealAttemptsCount') ?? 0,
    localManifests: list(at(sync, 'manifests')).length > 0,
    ...pick(result, { revision: null, revisions: null }),
    sources: sources.map(source =>
      pick(source, { repoURL: '', path: undefined, chart: undefined, ref: undefined, targetRevision: undefined }),
    ),
    resources: list(at(result, 'resources'))
      .filter(resource => list(at(resource, 'images')).length > 0)
      .map(resource =>
        pick(resource, { group: '', kind: null, namespace: '', name: null, status: '', hookType: '', images: [] }),
      ),
    resourcesOmitted: false,
    ...data,
  };
  const id = operationId(String(event.uid), String(event.startedAt));
  const start = String(event.application)
    .slice(0, 40)
    .replace(/[.-]+$/, '');
  return {
    schema: 'aftersync.event/v1',
    kind: 'argocd.sync-finished',
    instance: 'default',
    id,
    name: `${start}-${id}`,
    ...envelope,
    data: event,
  };
}
