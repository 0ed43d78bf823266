import type { DeploymentAlert } from '../contracts/deployment-alert.ts';
import type { Sending } from './receiver.ts';

/**
 * Posts the alert to any receiver of JSON: the DeploymentAlert without its channels. Any 2xx is taken for an answer. The
 * Idempotency-Key is the same for each attempt to tell one state.
 */
export async function sendToWebhook(alert: DeploymentAlert, { http }: Sending): Promise<string> {
  const { channels: _, ...body } = alert;
  const { status } = await http.send({
    method: 'POST',
    path: '',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `"${alert.name}/${alert.state}/${alert.since}"` },
    body: JSON.stringify(body),
    safeToRepeat: true,
  });
  return `answered ${status}`;
}
