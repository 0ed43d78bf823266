import type { Delivery } from '../contracts/deployment-record.ts';

type Wanted = Pick<Delivery, 'step' | 'subject' | 'reference'>;

/**
 * Finds the delivery of each subject in a record: by the subject itself, or, where either side lacks a digest, by
 * repository and reference, so that a run that could not resolve the digest does not owe a second record.
 * @returns one answer for each wanted, in order; a delivery found by reference answers for one subject only
 */
export function matchDeliveries(
  deliveries: readonly Delivery[],
  wanted: readonly Wanted[],
): readonly (Delivery | undefined)[] {
  const exact = new Map(deliveries.map(delivery => [keyOf(delivery), delivery]));
  const taken = new Set(wanted.map(one => exact.get(keyOf(one))));
  const free = deliveries.filter(delivery => !taken.has(delivery));
  const loose = new Map<string, Delivery | undefined>();
  return wanted.map(one => {
    const key = keyOf(one);
    if (exact.has(key)) return exact.get(key);
    if (!loose.has(key)) loose.set(key, takeLike(one, free));
    return loose.get(key);
  });
}

function takeLike(wanted: Wanted, free: Delivery[]): Delivery | undefined {
  const at = free.findIndex(candidate => isLike(candidate, wanted));
  return at < 0 ? undefined : free.splice(at, 1)[0];
}

const isLike = (a: Wanted, b: Wanted): boolean =>
  a.reference === b.reference &&
  a.step === b.step &&
  !(hasDigest(a.subject) && hasDigest(b.subject)) &&
  repositoryOf(a.subject) === repositoryOf(b.subject);

const hasDigest = (subject: string): boolean => subject.includes('@');
/** Of a subject, without digest or tag. */
export const repositoryOf = (subject: string): string => subject.replace(/@.*$|:[^:/]*$/, '');
const keyOf = ({ step, subject }: Wanted): string => JSON.stringify([step, subject]);
