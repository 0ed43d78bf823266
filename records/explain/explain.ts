import type { Delivery, DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { isRecorded } from '../../lib/contracts/evidence-receipts.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';

/** Where one field of a posted body came from. */
export interface FieldOrigin {
  field: string;
  value: string;
  from: string;
}

/** Why something was or was not recorded. */
export interface Explanation {
  /** The image as the manifest writes it, or the release event. */
  of: string;
  recorded: boolean;
  /** One sentence. */
  why: string;
  digest: string | null;
  fields: FieldOrigin[];
}

/** For each image that the operation left running, and for the release event, what became of it and why. */
export function explain(record: DeploymentRecord): Explanation[] {
  const evidence = record.deliveries.filter(({ step }) => step === 'submit-evidence');
  const used = new Set<Delivery>();
  const images = record.images.map(image => {
    const delivery = evidence.find(one => !used.has(one) && isOf(one, image));
    if (delivery !== undefined) used.add(delivery);
    return ofImage(record, image, delivery);
  });
  const others = record.deliveries.filter(delivery => !used.has(delivery));
  return [...images, ...others.map(delivery => ofDelivery(record, delivery))];
}

function isOf({ subject, reference }: Delivery, image: DeployedImage): boolean {
  const name = `${image.registry}/${image.repository}`;
  if (image.digest !== null && subject === `${name}@${image.digest}`) return true;
  return reference === image.reference && (image.digest === null || !subject.includes('@'));
}

function ofImage(record: DeploymentRecord, image: DeployedImage, delivery: Delivery | undefined): Explanation {
  const digest =
    image.digest === null ? 'unknown: nothing that ran says it' : `${image.digest} (from the ${image.digestFrom})`;
  if (delivery !== undefined) return { ...ofDelivery(record, delivery), of: image.reference, digest };
  return { of: image.reference, recorded: false, why: whyNothingIsOwed(record, image), digest, fields: [] };
}

function whyNothingIsOwed({ deployment }: DeploymentRecord, { change, previousReferences }: DeployedImage): string {
  if (change === 'unchanged') return 'nothing is owed: the same containers ran it before this sync';
  if (deployment.disposition === 'skip') return `nothing is owed: ${deployment.skipReason ?? 'nothing was deployed'}`;
  const before = previousReferences.length > 0 ? `, instead of ${previousReferences.join(', ')}` : '';
  return `it was ${change}${before}, and no run has planned its evidence yet: run the pipeline again`;
}

const WHY = {
  planned: 'it is owed and was not sent yet',
  sending: 'a run is sending it now',
  uncertain: 'it was sent and no answer arrived: the next run repeats it with the same key',
  accepted: 'it is recorded',
  duplicate: 'it is recorded: the store had it already',
  rejected: 'the store refused it',
  quarantined: 'it is held back and nothing was sent',
  skipped: 'nothing is owed',
} as const satisfies Record<Delivery['state'], string>;

function ofDelivery(record: DeploymentRecord, delivery: Delivery): Explanation {
  const { step, reference, state, detail } = delivery;
  return {
    of: step === 'submit-release' ? `release event of change request ${reference}` : reference,
    recorded: isRecorded(state),
    why: `${WHY[state]} (${detail})`,
    digest: null,
    fields: fieldsOf(record, delivery),
  };
}

/** Where the fields come from that no look-up gave. */
const ORIGINS: Record<string, (record: DeploymentRecord) => string> = {
  eventStatus: ({ deployment }) => `operationState.phase ${deployment.operation.phase}`,
  initiator: ({ deployment }) => deployment.initiator.from,
  Approver: ({ deployment }) => deployment.initiator.from,
  targetEnvironment: () => 'configuration environments',
  sourceUri: () => 'configuration sourceUri',
  deployTool: () => 'configuration jet.deployTool',
  eventSubType: () => 'configuration jet.eventSubType',
  Comment: () => 'configuration jet.releaseComment',
};

function fieldsOf(record: DeploymentRecord, { body, provenance }: Delivery): FieldOrigin[] {
  const sent = Object.entries(body === null ? {} : (jsonOf(body) ?? {}));
  const fields = sent.map(([field, value]) => ({
    field,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    from: provenance[field] ?? ORIGINS[field]?.(record) ?? 'the wire format',
  }));
  const further = Object.entries(provenance).filter(([field]) => !sent.some(([name]) => name === field));
  // Only a body keeps values.
  const value = body === null ? '(found, not sent)' : '';
  return [...fields, ...further.map(([field, from]) => ({ field, value, from }))];
}

function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
