import * as z from 'zod';
import { AlertsState } from '../../../local/standins/alerts.ts';
import { ARGOCD, DEMO, get, kubectl } from '../cluster.ts';
import type { Sync } from './syncs.ts';

const Time = z.string().transform(time => Date.parse(time));

const Record = z
  .object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({
      deployment: z.object({
        source: z.object({ name: z.string() }),
        eventStatus: z.string(),
        operation: z.object({ knownFrom: z.string(), startedAt: Time, finishedAt: Time }),
      }),
    }),
    status: z
      .object({
        summary: z.object({ state: z.string() }),
        images: z.array(z.object({ reference: z.string() })),
        deliveries: z.array(z.object({ step: z.string(), state: z.string(), idempotencyKey: z.string().nullable() })),
      })
      // Its run ended before it wrote anything.
      .default({ summary: { state: 'open' }, images: [], deliveries: [] }),
  })
  .transform(({ metadata, spec: { deployment }, status }) => ({
    id: metadata.name,
    application: deployment.source.name,
    eventStatus: deployment.eventStatus,
    ...deployment.operation,
    state: status.summary.state,
    images: status.images.map(({ reference }) => reference).sort(),
    /** Keys of the evidence that the store has taken. */
    keys: status.deliveries
      .filter(({ step, state }) => step === 'submit-evidence' && ['accepted', 'duplicate'].includes(state))
      .map(({ idempotencyKey }) => idempotencyKey ?? 'none'),
  }));
export type Record = z.output<typeof Record>;

/** The records of some Applications. */
export async function recordsOf(applications: readonly string[]): Promise<Record[]> {
  const { items } = await get(z.object({ items: z.array(Record) }), '-n', ARGOCD, 'deploymentrecords');
  return items.filter(({ application }) => applications.includes(application));
}

/**
 * The record of each sync. What only Kubernetes Events tell of has the id of the second in which it seems to have started: such a
 * record belongs to the last sync that had ended when its Event was written.
 */
export function matched(syncs: readonly Sync[], records: readonly Record[]): Map<string, Record> {
  const ids = new Set(syncs.map(({ id }) => id));
  const found = new Map(records.filter(({ id }) => ids.has(id)).map(record => [record.id, record]));
  for (const record of records.filter(({ id, knownFrom }) => !ids.has(id) && knownFrom === 'event')) {
    const ended = syncs.filter(
      ({ application, finishedAt }) =>
        application === record.application && Date.parse(finishedAt) <= record.finishedAt + 1000,
    );
    const told = ended.at(-1)?.id;
    if (told !== undefined && !found.has(told)) found.set(told, record);
  }
  return found;
}

const Application = z.object({
  status: z.object({
    operationState: z.object({ startedAt: z.string() }),
    history: z.array(z.object({ deployStartedAt: z.string().optional() })).default([]),
  }),
});
const Events = z.object({
  items: z.array(z.object({ involvedObject: z.object({ name: z.string() }), firstTimestamp: Time })),
});
/** An Event is written right after the operation, unless the API server is slow. */
const SLOW_MS = 30_000;

/** Which syncs Argo CD still knows of, and from where. */
export async function visibleIn(syncs: readonly Sync[]): Promise<Map<string, 'operationState' | 'history' | 'Events'>> {
  const selector = '--field-selector=involvedObject.kind=Application,reason=OperationCompleted';
  const { items } = await get(Events, '-n', ARGOCD, 'events', selector);
  const visible = new Map<string, 'operationState' | 'history' | 'Events'>();
  for (const name of new Set(syncs.map(({ application }) => application))) {
    const { status } = await get(Application, '-n', ARGOCD, 'application', name);
    const ends = items.filter(event => event.involvedObject.name === name).map(event => event.firstTimestamp);
    for (const { id, startedAt, finishedAt } of syncs.filter(({ application }) => application === name)) {
      const end = Date.parse(finishedAt);
      if (status.operationState.startedAt === startedAt) visible.set(id, 'operationState');
      else if (status.history.some(({ deployStartedAt }) => deployStartedAt === startedAt)) visible.set(id, 'history');
      else if (ends.some(at => at >= end - 1000 && at <= end + SLOW_MS)) visible.set(id, 'Events');
    }
  }
  return visible;
}

const Alerts = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ application: z.object({ name: z.string() }).nullish() }),
      status: z.object({ state: z.string() }),
    }),
  ),
});

/** Names of the alerts of some Applications that nobody has mended. */
export async function firingAlerts(applications: readonly string[]): Promise<string[]> {
  const { items } = await get(Alerts, '-n', ARGOCD, 'deploymentalerts');
  return items
    .filter(({ spec, status }) => status.state === 'firing' && applications.includes(spec.application?.name ?? ''))
    .map(({ metadata }) => metadata.name);
}

const Receivers = z.object({ state: AlertsState });

/** What PagerDuty and ServiceNow hold open of some alerts, each as often as it is open. */
export async function openAt(names: readonly string[]): Promise<{ pagerduty: string[]; servicenow: string[] }> {
  const path = `/api/v1/namespaces/${DEMO}/services/receivers:8080/proxy/_/alerts`;
  const { state } = Receivers.parse(JSON.parse(await kubectl('get', '--raw', path)));
  const of = (key: string) => names.filter(name => key === `aftersync/${name}`);
  return {
    pagerduty: state.pagerduty.filter(({ status }) => status === 'triggered').flatMap(({ dedup_key }) => of(dedup_key)),
    servicenow: state.servicenow
      .filter(incident => incident.active === 'true' && incident.state !== '6')
      .flatMap(({ correlation_id }) => of(correlation_id)),
  };
}
