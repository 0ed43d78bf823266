import { idempotencyHeader } from '../clients/jet.ts';
import type { Configuration } from '../contracts/configuration.ts';
import type { PlannedDelivery } from '../ledger/change.ts';
import { redact } from '../runtime/redact.ts';

/** What would be sent, as requests on stdout: the bytes of each body are those that a real run freezes. */
export function printPosts(planned: readonly PlannedDelivery[], { idempotency }: Configuration['jet']): void {
  for (const { target, idempotencyKey, body } of planned) {
    if (body === null || idempotencyKey === null) continue;
    const header = `Idempotency-Key: ${idempotencyHeader(idempotencyKey, idempotency.quoted)}`;
    process.stdout.write(redact(`POST ${target}\nContent-Type: application/json\n${header}\n\n${body}\n\n`));
  }
}
