import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Seen } from '../cluster.ts';
import { cannotTell, doubtful, fine, type Judgement, wrong } from '../finding.ts';

export interface NotificationFacts {
  configMap: Seen;
  /** argocd-notifications-secret. */
  secret: Seen;
  /** aftersync-webhook, which the EventSource compares with. */
  webhook: Seen;
  /** Whether its controller may list Applications, and where; null where there is none, or nobody may ask. */
  reading: { account: string; where: string; allowed: boolean } | null;
}

const ConfigMap = z.object({ data: z.record(z.string(), z.string()).default({}) });
const Subscriptions = z.array(
  z.looseObject({ recipients: z.array(z.string()).default([]), triggers: z.array(z.string()).default([]) }),
);
const MAP = 'argocd-notifications-cm';
const KEYS = ['service.webhook.aftersync', 'trigger.aftersync', 'template.aftersync'];
const WIRE = 'merge our part into it: docs/operate.md, "Wire Argo CD"';
const TOKEN = 'put the token of the Secret aftersync-webhook there: docs/operate.md, "Wire Argo CD"';

/** Whether Argo CD tells the EventSource of each sync. */
export function judgeNotifications({ configMap, secret, webhook, reading }: NotificationFacts): Judgement[] {
  return [...judgeConfigMap(configMap), judgeToken(secret, webhook), ...judgeReading(reading)];
}

function judgeConfigMap(seen: Seen): Judgement[] {
  if (seen.state === 'hidden') return [cannotTell(`${MAP} may not be read`, 'run it with the right to get configmaps')];
  if (seen.state === 'absent') return [wrong(`${MAP} is not there`, WIRE)];
  const { data } = ConfigMap.parse(seen.object);
  const lacking = KEYS.filter(key => data[key] === undefined);
  if (lacking.length > 0) return [wrong(`${MAP} has no ${lacking.join(', ')}`, WIRE)];
  if (!isSubscribed(data.subscriptions ?? ''))
    return [
      doubtful(
        `subscriptions of ${MAP} do not name the trigger aftersync`,
        'add ours, unless each Application is subscribed by an annotation',
      ),
    ];
  return [fine(`${MAP} has our service, trigger, template and subscription`)];
}

function isSubscribed(text: string): boolean {
  try {
    const subscriptions = Subscriptions.parse(parseYaml(text));
    return subscriptions.some(one => one.recipients.includes('aftersync') && one.triggers.includes('aftersync'));
  } catch {
    return false;
  }
}

function judgeToken(secret: Seen, webhook: Seen): Judgement {
  if (secret.state === 'hidden' || webhook.state === 'hidden')
    return cannotTell('the token of the webhook may not be read', 'run it with the right to get secrets');
  const sent = encodedIn(secret, 'aftersync-token');
  if (sent === undefined) return wrong('argocd-notifications-secret has no aftersync-token', TOKEN);
  const expected = encodedIn(webhook, 'token');
  if (expected === undefined)
    return wrong('Secret aftersync-webhook has no token', 'create it: docs/operate.md, "Install"');
  if (sent !== expected) return wrong('Argo CD sends another token than the EventSource expects', TOKEN);
  return fine('Argo CD sends the token that the EventSource expects');
}

/** Only compared, never shown. */
const encodedIn = (seen: Seen, key: string): string | undefined =>
  seen.state === 'found' ? (ConfigMap.safeParse(seen.object).data?.data[key] ?? undefined) : undefined;

/** Without that right it sends nothing, of no Application, and says so in its log alone. */
function judgeReading(reading: NotificationFacts['reading']): Judgement[] {
  if (reading === null || reading.allowed) return [];
  const { account, where } = reading;
  return [
    wrong(
      `${account} may not list applications in ${where}: it sends no event`,
      'give its Role the right; where application.namespaces is set, it wants a ClusterRole and its binding: Argo CD\'s "Applications in any namespace"',
    ),
  ];
}
