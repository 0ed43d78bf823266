import type { DeploymentAlert } from '../contracts/deployment-alert.ts';
import { cut, messageOf } from './message.ts';
import type { Sending } from './receiver.ts';

const MAX_TEXT = 4000;

/**
 * Posts a message to a channel of Slack. Whoever has the URL may post, so it is the secret.
 * Wire format: Slack incoming webhooks, POST {text} (200 `ok`; 400 invalid_payload, 403 action_prohibited, 404 no_service or
 * channel_not_found, 410 channel_is_archived, each as a text). `&`, `<` and `>` have a meaning in texts and are escaped.
 */
export async function sendToSlack(alert: DeploymentAlert, { http }: Sending): Promise<string> {
  await http.send({
    method: 'POST',
    path: '',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: toText(alert) }),
    // A second one would be a second message.
    safeToRepeat: false,
  });
  return 'posted';
}

export function toText(alert: DeploymentAlert): string {
  const { title, facts } = messageOf(alert);
  const resolved = alert.state === 'resolved';
  const lines = facts.filter(([label]) => !resolved || label === 'Now').map(([label, value]) => `*${label}*: ${value}`);
  return cut(
    escaped([`${resolved ? ':white_check_mark:' : ':rotating_light:'} *${title}*`, ...lines].join('\n')),
    MAX_TEXT,
  );
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
