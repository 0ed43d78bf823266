import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import type { DeployedImage } from '../contracts/image-diff.ts';
import type { Change, PlannedDelivery } from './change.ts';
import { matchDeliveries } from './match.ts';

type ChangeOf<T extends Change['type']> = Extract<Change, { type: T }>;

/**
 * What a change makes of a record. A change whose condition does not hold makes nothing of it, so the same changes in the
 * same order give every run the same record, and that record tells a run whether its claim won.
 * @param record null before the first open
 */
export function applyChange(record: DeploymentRecord | null, change: Change): DeploymentRecord | null {
  if (change.type === 'open') return open(record, change);
  if (record === null) return null;
  if (change.type === 'plan') return plan(record, change);
  const deliveries = record.deliveries.map(delivery =>
    delivery.step === change.step && delivery.subject === change.subject
      ? change.type === 'claim'
        ? claim(delivery, change)
        : conclude(delivery, change)
      : delivery,
  );
  return { ...record, deliveries };
}

/** The deployment of the first run stands. A run counts once, however many of its steps open the record. */
function open(record: DeploymentRecord | null, { deployment, run }: ChangeOf<'open'>): DeploymentRecord {
  const openedBy = record?.openedBy ?? [];
  if (record !== null && openedBy.includes(run)) return record;
  if (record !== null) return { ...record, runs: record.runs + 1, openedBy: [...openedBy, run] };
  return {
    schemaVersion: 'aftersync.deployment-record/v1',
    id: deployment.id,
    deployment,
    images: [],
    deliveries: [],
    runs: 1,
    openedBy: [run],
  };
}

function plan(record: DeploymentRecord, { at, images, deliveries: planned }: ChangeOf<'plan'>): DeploymentRecord {
  const found = matchDeliveries(record.deliveries, planned);
  const replaced = new Map<Delivery, Delivery>();
  const added = new Map<string, Delivery>();
  planned.forEach((wanted, index) => {
    const known = found[index];
    if (known !== undefined) replaced.set(known, replan(known, wanted, at));
    else if (!added.has(wanted.subject)) added.set(wanted.subject, begin(wanted, at));
  });
  return {
    ...record,
    images: images === undefined ? record.images : mergeImages(record.images, images),
    deliveries: [...record.deliveries.map(delivery => replaced.get(delivery) ?? delivery), ...added.values()],
  };
}

const begin = (wanted: PlannedDelivery, at: string): Delivery => ({
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
function replan(known: Delivery, wanted: PlannedDelivery, at: string): Delivery {
  if (known.state === 'quarantined' || known.state === 'skipped') return { ...begin(wanted, at) };
  if (known.state !== 'rejected' || wanted.state === 'quarantined') return known;
  const { target, body, bodySha256, provenance, state, detail } = wanted;
  return { ...known, target, body, bodySha256, provenance, state, detail, updatedAt: at };
}

/** A digest that one run knew is not lost to a later run that does not. */
const mergeImages = (known: readonly DeployedImage[], images: readonly DeployedImage[]): DeployedImage[] =>
  images.map(image => {
    if (image.digest !== null) return image;
    return known.find(({ reference, digest }) => reference === image.reference && digest !== null) ?? image;
  });

/** Nobody else may be sending it: it is planned, its outcome is unknown, or its owner's time is over. */
export const isClaimable = ({ state, leaseUntil }: Delivery, at: string): boolean =>
  state === 'planned' || state === 'uncertain' || (state === 'sending' && isPast(leaseUntil, at));

const isPast = (leaseUntil: string | null, at: string): boolean =>
  leaseUntil === null || Date.parse(leaseUntil) <= Date.parse(at);

function claim(delivery: Delivery, { at, owner, leaseUntil, keyHonoured, target }: ChangeOf<'claim'>): Delivery {
  if (!isClaimable(delivery, at)) return delivery;
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

function conclude(delivery: Delivery, { at, owner, keyHonoured, result }: ChangeOf<'result'>): Delivery {
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
