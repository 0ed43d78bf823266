import * as z from 'zod';
import type { DeploymentAlert } from '../contracts/deployment-alert.ts';
import { badInput, refused } from '../runtime/failure.ts';
import { cut, keyOf, messageOf } from './message.ts';
import type { Sending } from './receiver.ts';

const MAX_SUMMARY = 1024;
const Answer = z.object({ status: z.literal('success') });

/**
 * Triggers or resolves a PagerDuty alert. The deduplication key is ours, so that a second trigger joins the first and a
 * resolve finds it.
 * Wire format: PagerDuty/api-schema, reference/events-v2/openapiv3.json, POST /v2/enqueue (202 {status: "success"}; 400 says which
 * field is wrong; 429 is to be tried again).
 */
export async function sendToPagerDuty(alert: DeploymentAlert, { http, settings, token }: Sending): Promise<string> {
  if (token === null)
    throw badInput(
      'Channel has no routing key',
      settings.name,
      `put it into the Secret aftersync-alerts, key ${settings.name}`,
    );
  const { text } = await http.send({
    method: 'POST',
    path: '/v2/enqueue',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ routing_key: token, ...toEvent(alert, settings) }),
    safeToRepeat: true,
  });
  if (!Answer.safeParse(jsonOf(text)).success)
    throw refused('PagerDuty did not say success', settings.name, 'check that its URL is that of the Events API');
  return alert.state === 'firing' ? 'triggered' : 'resolved';
}

export function toEvent(alert: DeploymentAlert, settings: Sending['settings']) {
  const dedup_key = keyOf(alert);
  if (alert.state === 'resolved') return { event_action: 'resolve', dedup_key };
  const { title, facts } = messageOf(alert);
  const { application, environment, links } = alert;
  const pages = [
    { href: links.workflow, text: 'Workflow' },
    { href: links.application, text: 'Application in Argo CD' },
  ].filter(page => page.href !== null);
  return {
    event_action: 'trigger',
    dedup_key,
    payload: {
      summary: cut(title, MAX_SUMMARY),
      source: application === null ? 'aftersync' : `${application.namespace}/${application.name}`,
      severity: settings.severity ?? 'error',
      timestamp: alert.since,
      component: 'aftersync',
      ...(environment !== null && { group: environment }),
      class: 'deployment evidence',
      custom_details: Object.fromEntries(facts),
    },
    links: pages,
    client: 'aftersync',
    ...(links.workflow !== null && { client_url: links.workflow }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
