import { isDeepStrictEqual } from 'node:util';
import type { Delivery } from '../contracts/deployment-record.ts';
import type { ChangeOf, PlannedDelivery } from './change.ts';

export const begin = (wanted: PlannedDelivery, at: string): Delivery => ({
  ...wanted,
  owner: null,
  leaseUntil: null,
  updatedAt: at,
  attempts: 0,
  possibleDuplicate: false,
  httpStatus: null,
  responseId: null,
});

/** What was never sent may be planned anew. What the store rejected may be mended, under the key that it was rejected with. */
export function replan(known: Delivery, wanted: PlannedDelivery, at: string): Delivery {
  if (known.state === 'quarantined' || known.state === 'skipped') {
    const begun = begin(wanted, at);
    return isDeepStrictEqual({ ...begun, updatedAt: known.updatedAt }, known) ? known : begun;
  }
  if (known.state !== 'rejected' || wanted.state === 'quarantined') return known;
  const { target, body, bodySha256, provenance, state, detail } = wanted;
  return { ...known, target, body, bodySha256, provenance, state, detail, updatedAt: at };
}

/** Nobody else may be sending it: it is planned, its outcome is unknown, or its owner's time is over. */
export const isClaimable = ({ state, leaseUntil }: Delivery, at: string): boolean =>
  state === 'planned' || state === 'uncertain' || (state === 'sending' && isPast(leaseUntil, at));

const isPast = (leaseUntil: string | null, at: string): boolean =>
  leaseUntil === null || Date.parse(leaseUntil) <= Date.parse(at);

export function claim(delivery: Delivery, change: ChangeOf<'claim'>): Delivery {
  const { at, owner, leaseUntil, keyHonoured, target, unsent } = change;
  if (!isClaimable(delivery, at) || (unsent && delivery.state !== 'planned')) return delivery;
  const mayBeRecorded = delivery.state !== 'planned';
  return {
    ...delivery,
    target: target ?? delivery.target,
    state: 'sending',
    owner,
    leaseUntil,
    updatedAt: at,
    possibleDuplicate: delivery.possibleDuplicate || (mayBeRecorded && !keyHonoured),
  };
}

export function conclude(delivery: Delivery, { at, owner, keyHonoured, result }: ChangeOf<'result'>): Delivery {
  if (delivery.state !== 'sending' || delivery.owner !== owner) return delivery;
  const { state, httpStatus, responseId, detail, attempts, repeats } = result;
  return {
    ...delivery,
    state,
    httpStatus: httpStatus ?? delivery.httpStatus,
    responseId: responseId ?? delivery.responseId,
    detail,
    owner: null,
    leaseUntil: null,
    updatedAt: at,
    attempts: delivery.attempts + attempts,
    possibleDuplicate: delivery.possibleDuplicate || (repeats > 0 && !keyHonoured),
  };
}
