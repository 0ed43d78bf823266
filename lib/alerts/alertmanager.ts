import type { DeploymentAlert } from '../contracts/deployment-alert.ts';
import { keyOf, messageOf, textOf } from './message.ts';
import type { Sending } from './receiver.ts';

/** Beyond it an alert that nobody sends again ends by itself; reconcile sends it again each hour. */
const FIRES_FOR_MS = 7 * 24 * 3_600_000;

/**
 * Posts the alert to Prometheus Alertmanager. The labels are its identity, so they hold nothing that changes; without
 * `endsAt` Alertmanager would resolve it after its own resolve_timeout (5 minutes).
 * Wire format: prometheus/alertmanager, api/v2/openapi.yaml, postAlerts (200 without a body; 400 and 500 with a text).
 */
export async function sendToAlertmanager(alert: DeploymentAlert, { http, settings, at }: Sending): Promise<string> {
  await http.send({
    method: 'POST',
    path: '/api/v2/alerts',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify([toPostableAlert(alert, settings, at)]),
    safeToRepeat: true,
  });
  return alert.state === 'firing' ? 'it fires there' : 'it is resolved there';
}

export function toPostableAlert(alert: DeploymentAlert, settings: Sending['settings'], at: string) {
  const { application, environment, instance, links } = alert;
  const message = messageOf({ ...alert, state: 'firing' });
  return {
    labels: {
      ...settings.labels,
      alertname: alertnameOf(alert),
      severity: settings.severity ?? 'error',
      alert: keyOf(alert),
      ...(instance !== '' && { argocd: instance }),
      ...(application !== null && { namespace: application.namespace, application: application.name }),
      ...(environment !== null && { environment }),
    },
    annotations: { summary: message.title, description: textOf(message), remedy: alert.remedy },
    startsAt: alert.since,
    endsAt: alert.resolvedAt ?? new Date(Date.parse(at) + FIRES_FOR_MS).toISOString(),
    ...(links.workflow !== null && { generatorURL: links.workflow }),
  };
}

/** Alerts of reconcile itself are of no operation, as are events that cannot be read. */
function alertnameOf({ name, operation }: DeploymentAlert): string {
  if (name === 'configuration') return 'AftersyncConfigurationNotUsable';
  if (name === 'reconcile') return 'AftersyncReconcileIncomplete';
  if (name.startsWith('ignored-')) return 'AftersyncApplicationIgnored';
  return operation === null ? 'AftersyncEventNotUsable' : 'AftersyncEvidenceMissing';
}
