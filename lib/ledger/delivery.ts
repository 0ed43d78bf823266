import { isDeepStrictEqual } from 'node:util';
import type { Delivery } from '../contracts/deployment-record.ts';
import { isRecorded } from '../contracts/evidence-receipts.ts';
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

/** What is not on its way may be planned anew, under the key that it was sent with, where it was. */
export function replan(known: Delivery, wanted: PlannedDelivery, at: string, rules?: 1): Delivery {
  if (known.state === 'planned' && wanted.state === 'skipped' && rules === undefined)
    return { ...withdraw(known, at), detail: wanted.detail };
  if (known.state === 'quarantined' || known.state === 'skipped') {
    const { attempts, possibleDuplicate } = known;
    const idempotencyKey = (attempts > 0 ? known.idempotencyKey : null) ?? wanted.idempotencyKey;
    const begun = { ...begin(wanted, at), idempotencyKey, attempts, possibleDuplicate };
    return isDeepStrictEqual({ ...begun, updatedAt: known.updatedAt }, known) ? known : begun;
  }
  if (known.state !== 'rejected' || wanted.state === 'quarantined') return known;
  const { target, body, bodySha256, provenance, state, detail } = wanted;
  return { ...known, target, body, bodySha256, provenance, state, detail, updatedAt: at };
}

/**
 * What is owed no longer is not sent any more; its key stays, in case it is owed again. What may be recorded, or is being sent,
 * stays as it is: that the store has it is to be known.
 */
export function withdraw(delivery: Delivery, at: string): Delivery {
  if (!['planned', 'quarantined', 'rejected'].includes(delivery.state)) return delivery;
  return { ...delivery, state: 'skipped', detail: 'no longer owed', updatedAt: at };
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
    ...(mayBeRecorded && change.rules === undefined && { inDoubt: true as const }),
  };
}

/** What may be recorded is in doubt until the store says something of it: that a later request was not sent says nothing. */
export function conclude(before: Delivery, change: ChangeOf<'result'>): Delivery {
  const { at, owner, keyHonoured, result, rules } = change;
  if (before.state !== 'sending' || before.owner !== owner) return before;
  const { inDoubt, ...delivery } = before;
  const { httpStatus, responseId, detail, attempts, repeats } = result;
  const state = inDoubt && result.state === 'planned' ? 'uncertain' : result.state;
  const isIdentified = isRecorded(state) || rules === 1;
  return {
    ...delivery,
    state,
    httpStatus: httpStatus ?? delivery.httpStatus,
    // With what it did not record, a store names another one each time.
    responseId: (isIdentified ? responseId : null) ?? delivery.responseId,
    detail,
    owner: null,
    leaseUntil: null,
    updatedAt: at,
    attempts: delivery.attempts + attempts,
    possibleDuplicate: delivery.possibleDuplicate || (repeats > 0 && !keyHonoured),
  };
}
