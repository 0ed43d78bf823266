import { HttpResponse, http } from 'msw';
import * as z from 'zod';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

const Incident = z.looseObject({
  sys_id: z.string(),
  number: z.string(),
  state: z.string(),
  active: z.enum(['true', 'false']),
  correlation_id: z.string(),
});

/** What the receivers of alerts know and have heard. It is plain data, so that a sample is a file. */
export const AlertsState = z.strictObject({
  authorization: z.string().describe('Value of the Authorization header that Alertmanager and ServiceNow take.'),
  routingKey: z.string().describe('Routing key that PagerDuty knows, 32 characters.'),
  slackPath: z.string().describe('Path of the Slack webhook that exists.'),
  alertmanager: z
    .array(
      z.looseObject({
        labels: z.record(z.string(), z.string()),
        startsAt: z.string(),
        endsAt: z.string(),
      }),
    )
    .default([])
    .describe('Alerts by their labels.'),
  pagerduty: z
    .array(z.strictObject({ dedup_key: z.string(), status: z.enum(['triggered', 'resolved']), events: z.number() }))
    .default([])
    .describe('PagerDuty alerts by their deduplication key.'),
  servicenow: z.array(Incident).default([]).describe('Incidents.'),
  slack: z.array(z.string()).default([]).describe('Texts in the channel.'),
  webhook: z.array(z.unknown()).default([]).describe('Bodies that the webhook was posted.'),
  timeline: z
    .array(z.string())
    .default([])
    .describe('What each receiver made of each request, in the order they came.'),
});
export type AlertsState = z.infer<typeof AlertsState>;

const PostableAlerts = z
  .array(
    z.strictObject({
      labels: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()),
      annotations: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()).optional(),
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime(),
      generatorURL: z.url().optional(),
    }),
  )
  .min(1);

const PagerDutyEvent = z.discriminatedUnion('event_action', [
  z.strictObject({
    event_action: z.literal('trigger'),
    routing_key: z.string().length(32),
    dedup_key: z.string().max(255),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime().optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
    client: z.string().optional(),
    client_url: z.url().optional(),
  }),
  z.strictObject({
    event_action: z.enum(['resolve', 'acknowledge']),
    routing_key: z.string().length(32),
    dedup_key: z.string().max(255),
  }),
]);

/**
 * Alertmanager, PagerDuty, ServiceNow, Slack and a webhook, below /alertmanager, /pagerduty, /servicenow, the Slack path and
 * /webhook. Each refuses what the real one refuses.
 * Wire formats: prometheus/alertmanager api/v2/openapi.yaml; PagerDuty/api-schema events-v2; ServiceNow Table API; Slack
 * incoming webhooks.
 */
export function createAlertsStandIn(
  from: z.input<typeof AlertsState>,
  behaviour: Behaviour = {},
): StandIn & { state: AlertsState } {
  const state = AlertsState.parse(from);
  const received: Received[] = [];
  const answer = behaving(behaviour, received, (request, body) => {
    const last = received.at(-1);
    if (last !== undefined) {
      last.body = last.body.replaceAll(state.routingKey, '***');
      last.path = last.path.replace(state.slackPath, '/***');
    }
    const { pathname } = new URL(request.url);
    if (pathname === '/alertmanager/api/v2/alerts') return alertmanager(state, request, body);
    if (pathname === '/pagerduty/v2/enqueue') return pagerduty(state, body);
    if (pathname.startsWith('/servicenow/')) return servicenow(state, request, body);
    if (pathname === '/webhook') return webhook(state, request, body);
    return slack(state, pathname, body);
  });
  return {
    state,
    received,
    handlers: [
      http.post('*/alertmanager/api/v2/alerts', answer),
      http.post('*/pagerduty/v2/enqueue', answer),
      http.all('*/servicenow/api/now/table/incident', answer),
      http.all('*/servicenow/api/now/table/incident/:id', answer),
      http.post('*/services/*', answer),
      http.post('*/webhook', answer),
    ],
  };
}

function alertmanager(state: AlertsState, request: Request, body: string): Response {
  if (request.headers.get('authorization') !== state.authorization)
    return new HttpResponse('Unauthorized\n', { status: 401 });
  const alerts = PostableAlerts.safeParse(jsonOf(body));
  if (!alerts.success) return HttpResponse.json(`parsing alerts body failed: ${alerts.error.message}`, { status: 400 });
  for (const alert of alerts.data) {
    if (alert.endsAt < alert.startsAt) return HttpResponse.json('start time must be before end time', { status: 400 });
    const same = state.alertmanager.findIndex(known => sameLabels(known.labels, alert.labels));
    if (same === -1) state.alertmanager.push(alert);
    else state.alertmanager[same] = alert;
    const fires = Date.parse(alert.endsAt) > Date.now();
    state.timeline.push(`alertmanager: ${alert.labels.alert} ${fires ? 'firing' : 'resolved'}`);
  }
  return new HttpResponse(null, { status: 200 });
}

const sameLabels = (one: Record<string, string>, other: Record<string, string>): boolean =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

function pagerduty(state: AlertsState, body: string): Response {
  const event = PagerDutyEvent.safeParse(jsonOf(body));
  if (!event.success)
    return HttpResponse.json(
      {
        status: 'invalid event',
        message: 'Event object is invalid',
        errors: event.error.issues.map(one => one.message),
      },
      { status: 400 },
    );
  const { routing_key, event_action, dedup_key } = event.data;
  if (routing_key !== state.routingKey)
    return HttpResponse.json(
      { status: 'invalid event', message: 'Event object is invalid', errors: ["'routing_key' is unknown"] },
      { status: 400 },
    );
  const open = state.pagerduty.find(alert => alert.dedup_key === dedup_key && alert.status === 'triggered');
  if (event_action === 'trigger')
    if (open === undefined) state.pagerduty.push({ dedup_key, status: 'triggered', events: 1 });
    else open.events += 1;
  else if (open !== undefined) open.status = 'resolved';
  state.timeline.push(`pagerduty: ${dedup_key} ${event_action}`);
  return HttpResponse.json({ status: 'success', message: 'Event processed', dedup_key }, { status: 202 });
}

const NewIncident = z.looseObject({ short_description: z.string().max(160), correlation_id: z.string().max(100) });
const ClosedIncident = z.looseObject({
  state: z.literal('6'),
  close_code: z.string().min(1),
  close_notes: z.string().min(1),
});

function servicenow(state: AlertsState, request: Request, body: string): Response {
  if (request.headers.get('authorization') !== state.authorization)
    return serviceNowError(401, 'User Not Authenticated', 'Required to provide Auth information');
  const url = new URL(request.url);
  const id = /\/incident\/([^/]+)$/.exec(url.pathname)?.[1];
  if (request.method === 'GET')
    return HttpResponse.json({ result: found(state, url.searchParams.get('sysparm_query') ?? '').map(shown) });
  if (request.method === 'POST') {
    const fields = NewIncident.safeParse(jsonOf(body));
    if (!fields.success) return serviceNowError(400, 'Invalid payload', fields.error.message);
    const number = `INC${String(state.servicenow.length + 1).padStart(7, '0')}`;
    const sys_id = String(state.servicenow.length + 1).padStart(32, '0');
    const incident = { ...fields.data, sys_id, number, state: '1', active: 'true' as const };
    state.servicenow.push(incident);
    state.timeline.push(`servicenow: ${incident.correlation_id} ${number} opened`);
    return HttpResponse.json({ result: shown(incident) }, { status: 201 });
  }
  const incident = state.servicenow.find(({ sys_id }) => sys_id === id);
  if (incident === undefined) return serviceNowError(404, 'No Record found', 'Record does not exist');
  const change = ClosedIncident.safeParse(jsonOf(body));
  if (!change.success)
    return serviceNowError(403, 'Operation Failed', 'Data Policy Exception: close_code and close_notes are mandatory');
  Object.assign(incident, change.data);
  state.timeline.push(`servicenow: ${incident.correlation_id} ${incident.number} resolved`);
  return HttpResponse.json({ result: shown(incident) });
}

/** The part of ServiceNow's encoded queries that is used: field=value and field!=value, joined by ^. */
function found(state: AlertsState, query: string) {
  const terms = query.split('^').map(term => /^([a-z_]+)(!?=)(.*)$/.exec(term));
  return state.servicenow.filter(incident =>
    terms.every(term => term !== null && (incident[term[1] ?? ''] === term[3]) === (term[2] === '=')),
  );
}

const shown = ({ sys_id, number }: z.infer<typeof Incident>) => ({ sys_id, number });
const serviceNowError = (status: number, message: string, detail: string) =>
  HttpResponse.json({ error: { message, detail }, status: 'failure' }, { status });

const SlackMessage = z.strictObject({ text: z.string().min(1) });

function slack(state: AlertsState, path: string, body: string): Response {
  if (path !== state.slackPath) return new HttpResponse('no_service', { status: 404 });
  const message = SlackMessage.safeParse(jsonOf(body));
  if (!message.success) return new HttpResponse('invalid_payload', { status: 400 });
  state.slack.push(message.data.text);
  state.timeline.push(`slack: ${message.data.text.split('\n')[0]}`);
  return new HttpResponse('ok');
}

function webhook(state: AlertsState, request: Request, body: string): Response {
  const alert = z.looseObject({ name: z.string(), state: z.string() }).safeParse(jsonOf(body));
  if (!alert.success || !request.headers.has('idempotency-key'))
    return new HttpResponse('bad request', { status: 400 });
  state.webhook.push(alert.data);
  state.timeline.push(`webhook: ${alert.data.name} ${alert.data.state}`);
  return new HttpResponse(null, { status: 204 });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
