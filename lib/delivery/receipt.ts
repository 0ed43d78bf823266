import type { Delivery, DeliveryState } from '../contracts/deployment-record.ts';
import type { EvidenceOutcome } from '../contracts/evidence-receipts.ts';

/** What a receipt calls each state. Whatever is owed and was neither recorded nor refused is tried again. */
const OUTCOMES = {
  planned: 'pending',
  sending: 'pending',
  uncertain: 'pending',
  accepted: 'accepted',
  duplicate: 'duplicate',
  rejected: 'rejected',
  quarantined: 'quarantined',
  skipped: 'skipped',
} as const satisfies Record<DeliveryState, EvidenceOutcome>;

export const outcomeOf = <S extends DeliveryState>(state: S): (typeof OUTCOMES)[S] => OUTCOMES[state];

type ReceiptFields = Pick<
  Delivery,
  'idempotencyKey' | 'bodySha256' | 'attempts' | 'possibleDuplicate' | 'httpStatus' | 'responseId' | 'detail'
>;

/** The part of a delivery that its receipt repeats. */
export function receiptOf(delivery: ReceiptFields): ReceiptFields {
  const { idempotencyKey, bodySha256, attempts, possibleDuplicate, httpStatus, responseId, detail } = delivery;
  return { idempotencyKey, bodySha256, attempts, possibleDuplicate, httpStatus, responseId, detail };
}

/** The receipt of what was not sent by anybody yet. */
export const unsentReceipt = (delivery: Pick<Delivery, 'idempotencyKey' | 'bodySha256' | 'detail'>): ReceiptFields =>
  receiptOf({ ...delivery, attempts: 0, possibleDuplicate: false, httpStatus: null, responseId: null });
