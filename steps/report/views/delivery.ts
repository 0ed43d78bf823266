import { html } from 'hono/html';
import type { EvidenceReceipts } from '../../../lib/contracts/evidence-receipts.ts';
import { count } from '../../../lib/wording.ts';
import { badge, identifier, type Markup, orNone } from './markup.ts';

/** What evidence and a release event have in common. */
type DeliveryReceipt = Pick<
  EvidenceReceipts['receipts'][number],
  'idempotencyKey' | 'bodySha256' | 'attempts' | 'possibleDuplicate' | 'httpStatus' | 'responseId' | 'detail'
>;

/** What happened, beside the outcome. */
export const delivery = ({ attempts, httpStatus, possibleDuplicate, detail }: DeliveryReceipt): Markup => html`
  ${httpStatus === null ? null : html`<span class="nowrap">HTTP ${httpStatus}</span>`}
  ${attempts === 0 ? null : html`<span class="muted nowrap">${count(attempts, 'request')}</span>`}
  ${possibleDuplicate ? html`<br>${badge('warn', 'may be in the store twice')}` : null}
  <br><span class="muted">${detail}</span>`;

/** By what the record is found in the store. */
export function identifiers({ idempotencyKey, responseId, bodySha256 }: DeliveryReceipt): Markup {
  if (idempotencyKey === null && responseId === null && bodySha256 === null) return orNone(null, 'nothing was sent');
  const line = (label: string, value: string | null) =>
    value === null ? null : html`<div><dt>${label}</dt><dd>${identifier(value)}</dd></div>`;
  return html`<dl class="ids">${line('Response id', responseId)}${line('Idempotency key', idempotencyKey)}${line('Body SHA-256', bodySha256)}</dl>`;
}
