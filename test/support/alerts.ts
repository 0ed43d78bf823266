import { createReceivers } from '../../lib/alerts/receiver.ts';
import { readAlertSecrets } from '../../lib/alerts/secrets.ts';
import type { Channel } from '../../lib/contracts/configuration.ts';
import type { AlertCause } from '../../lib/contracts/deployment-alert.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { createAlertsStandIn } from '../../local/standins/alerts.ts';
import type { Behaviour } from '../../local/standins/stand-in.ts';

export const HOST = 'https://receivers.example.com';

/** What the stand-in of the receivers knows. */
export const KNOWN = {
  authorization: 'Bearer receivers-token',
  routingKey: 'r0utingkeyqwertzuiopasdfghjklyxc',
  slackPath: '/services/T000/B000/slack-secret',
};

/** One channel of each type. */
export const CHANNELS: Channel[] = [
  { name: 'routes', type: 'alertmanager', url: `${HOST}/alertmanager`, labels: { team: 'payments' } },
  { name: 'oncall', type: 'pagerduty', url: `${HOST}/pagerduty`, severity: 'critical' },
  { name: 'desk', type: 'servicenow', url: `${HOST}/servicenow`, fields: { urgency: '2', impact: '2' } },
  { name: 'chat', type: 'slack' },
  { name: 'hook', type: 'webhook', url: `${HOST}/webhook` },
];

export const SECRETS = {
  AFTERSYNC_ALERT_ROUTES: KNOWN.authorization,
  AFTERSYNC_ALERT_ONCALL: KNOWN.routingKey,
  AFTERSYNC_ALERT_DESK: KNOWN.authorization,
  AFTERSYNC_ALERT_CHAT_URL: `${HOST}${KNOWN.slackPath}`,
};

export const standIn = (behaviour: Behaviour = {}) => createAlertsStandIn({ ...KNOWN }, behaviour);

export const receivers = (channels: readonly Channel[] = CHANNELS, env: NodeJS.ProcessEnv = SECRETS) =>
  createReceivers(channels, readAlertSecrets(env), createBudget(20));

export const cause: AlertCause = {
  operation: '0123456789abcdef',
  instance: 'default',
  application: { namespace: 'argocd', name: 'shop' },
  environment: 'prod',
  what: 'registry.example.com/shop/web:1: held back, metadata is missing',
  subject: 'sync of Application argocd/shop in prod',
  remedy: 'Set the property jetId. Then: argo retry shop-0123456789abcdef',
  links: {
    workflow: 'https://argo.example.com/workflows/argocd/shop-0123456789abcdef',
    application: 'https://argocd.example.com/applications/argocd/shop',
  },
};
