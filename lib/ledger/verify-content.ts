import { createHash } from 'node:crypto';
import type { Delivery, DeploymentRecord } from '../contracts/deployment-record.ts';
import { type DeploymentRecordPart, partName } from '../contracts/deployment-record-part.ts';
import type { RecordReceipt } from '../contracts/record-receipt.ts';
import { canonicalSha256 } from './canonical.ts';
import type { Finding } from './chain.ts';
import type { Entries } from './entries.ts';
import { adoptedRootOf, deliverySha256, imagesSha256, isAtRest, rootOf } from './entry.ts';

type Content = Omit<Finding, 'record'>;

/** Holds what was deployed, and who worked on it, against the receipts of its runs. */
export function verifyOpening(record: DeploymentRecord): Finding[] {
  const { id, receipts = [], runs, openedBy = [] } = record;
  const openings = receipts.filter(({ of }) => of === 'deployment');
  const [first, ...later] = openings;
  const finding = (receipt: RecordReceipt | undefined, path: string, what: string): Finding[] => [
    { record: id, receipt: receipt?.sequence ?? null, path, what },
  ];
  if (first === undefined || first !== receipts[0])
    return finding(first, 'status.receipts[0]', 'it does not say what was deployed');
  const known = first.state === 'adopted' ? openedBy.length - later.length : 0;
  const root =
    first.state === 'adopted' ? adoptedRootOf(record, runs - later.length, openedBy.slice(0, known)) : rootOf(record);
  if (first.sha256 !== root) return finding(first, 'spec.deployment', rootDiffers(first));
  const wrong = later.find(({ sha256 }) => sha256 !== rootOf(record));
  if (wrong !== undefined) return finding(wrong, 'spec.deployment', 'it is not what this run found');
  const subjects = (first.state === 'adopted' ? later : openings).map(({ subject }) => subject);
  if (JSON.stringify(subjects) !== JSON.stringify(openedBy.slice(known)))
    return finding(later.at(-1) ?? first, 'status.openedBy', 'the receipts name other runs');
  if (first.state !== 'adopted' && runs !== openings.length)
    return finding(later.at(-1) ?? first, 'status.runs', `the receipts count ${openings.length}`);
  return [];
}

const rootDiffers = ({ state }: RecordReceipt): string =>
  state === 'adopted'
    ? 'spec.deployment, status.previous, status.runs or status.openedBy is not what was adopted'
    : 'spec.deployment or status.previous is not what it was';

/** Holds who accepted what was held back against the receipts of it. */
export function verifyAcceptances({ id, receipts = [], acceptances = [] }: DeploymentRecord): Finding[] {
  const accepted = receipts.filter(({ of }) => of === 'acceptance');
  const finding = (index: number, what: string): Finding[] => [
    { record: id, receipt: accepted[index]?.sequence ?? null, path: `status.acceptances[${index}]`, what },
  ];
  const wrong = acceptances.findIndex((acceptance, index) => accepted[index]?.sha256 !== canonicalSha256(acceptance));
  if (wrong >= 0) return finding(wrong, 'it is not what its receipt is about');
  return accepted.length > acceptances.length ? finding(acceptances.length, 'it was removed') : [];
}

/** Holds images and deliveries against the receipts of each. */
export function verifyContent(record: string, entries: Entries): Finding[] {
  const { deliveries, receipts = [] } = entries;
  const said = new Map<string, RecordReceipt[]>();
  for (const receipt of receipts) {
    const about = said.get(keyOf(receipt));
    if (about === undefined) said.set(keyOf(receipt), [receipt]);
    else about.push(receipt);
  }
  const held = new Map<string, number>();
  const found: Content[] = [...verifyImages(entries, receipts)];
  for (const [index, delivery] of deliveries.entries()) {
    const key = keyOf({ of: 'delivery', ...delivery });
    const path = `status.deliveries[${index}]`;
    if (held.has(key))
      found.push({ receipt: null, path, what: `it is the same as status.deliveries[${held.get(key)}]` });
    else found.push(...verifyDelivery(delivery, said.get(key) ?? [], path));
    held.set(key, index);
  }
  for (const [key, about] of said) {
    const last = about.at(-1);
    if (last?.of === 'delivery' && last.state !== 'replaced' && !held.has(key))
      found.push({
        receipt: last.sequence,
        path: 'status.deliveries',
        what: `the delivery of ${last.subject} was removed`,
      });
  }
  return found.map(content => ({ record, ...content }));
}

function verifyImages(entries: Entries, receipts: readonly RecordReceipt[]): Content[] {
  const { images, artifacts, notLookedAt } = entries;
  const last = receipts.findLast(({ of }) => of === 'images');
  const receipt = last?.sequence ?? null;
  const found: Content[] = [];
  const isThere = images.length > 0 || notLookedAt !== undefined;
  if (last === undefined ? isThere : last.sha256 !== imagesSha256(entries))
    found.push({ receipt, path: 'status.images', what: 'they are not what their receipt is about' });
  if ((last?.state ?? null) !== (artifacts ?? null))
    found.push({ receipt, path: 'status.artifacts', what: `they are ${last?.state ?? 'not known'} by their receipt` });
  return found;
}

function verifyDelivery(delivery: Delivery, said: readonly RecordReceipt[], path: string): Content[] {
  const last = said.at(-1);
  if (last === undefined) return [{ receipt: null, path, what: `no receipt is about ${delivery.subject}` }];
  const finding = (field: string, what: string): Content[] => [
    { receipt: last.sequence, path: `${path}${field}`, what },
  ];
  const { body, bodySha256, state, owner, leaseUntil, inDoubt } = delivery;
  if (bodySha256 !== (body === null ? null : createHash('sha256').update(body).digest('hex')))
    return finding('.body', 'its SHA-256 is not bodySha256');
  const sending = state === 'sending';
  if (sending !== (owner !== null) || sending !== (leaseUntil !== null) || (inDoubt && !sending))
    return finding('.owner', 'what is being sent has an owner and an end of its lease, and nothing else has');
  const inForce = receiptsInForce(said, last);
  const states = inForce.map(receipt => receipt.state ?? '');
  if (sending && !states.some(known => OPEN.includes(known)))
    return finding('.state', `it is ${last.state} by its receipt, and is not sent again`);
  // Only a refusal says that what was in doubt is not recorded.
  const isForgotten = state === 'planned' && states.includes('uncertain') && !states.includes('rejected');
  if ((!sending && !states.includes(state)) || isForgotten)
    return finding('.state', `it is ${last.state} by its receipt`);
  // Who sends it now, and since when, is in no receipt.
  const holds = inForce.some(({ state: known, sha256, version, at }) => {
    if (sending ? !OPEN.includes(known ?? '') : known !== state) return false;
    const settled = sending ? { ...delivery, state: known as Delivery['state'], updatedAt: at } : delivery;
    return deliverySha256(settled, version) === sha256;
  });
  return holds ? [] : finding('', 'it is not what its receipt is about');
}

const OPEN = ['planned', 'uncertain', 'sending'];

/** A delivery that is at rest is what its last receipt says; until then what went to and fro has one receipt of each state. */
function receiptsInForce(said: readonly RecordReceipt[], last: RecordReceipt): readonly RecordReceipt[] {
  if (last.version === undefined || isAtRest(last.state)) return [last];
  const rested = said.findLastIndex(({ state, version }) => version === undefined || isAtRest(state));
  return said.slice(rested + 1);
}

/** Holds the parts against the receipts that the record has of them. */
export function verifyParts(
  { id, parts: count = 0, receipts = [] }: DeploymentRecord,
  parts: readonly DeploymentRecordPart[],
  headsOf: (receipts: readonly RecordReceipt[]) => Set<string>,
): Finding[] {
  const there = new Map(parts.map(part => [partName(part), part]));
  const ofParts = receipts.filter(({ of }) => of === 'part');
  const named = new Set(ofParts.map(({ subject }) => subject ?? ''));
  const found: Finding[] = [];
  if (named.size !== count)
    found.push({ record: id, receipt: null, path: 'status.parts', what: `the receipts name ${named.size}` });
  for (const name of named) {
    const part = there.get(name);
    const heads = headsOf(part?.receipts ?? []);
    const lost = ofParts.find(({ subject, sha256 }) => subject === name && !heads.has(sha256));
    if (lost === undefined) continue;
    const where = { record: name, receipt: null, path: 'status.receipts' };
    const what = `receipt ${lost.sequence} of ${id} knows its head ${lost.sha256}, which no receipt has`;
    found.push(
      part === undefined ? { ...where, path: '', what: `it is not there; ${id} names it` } : { ...where, what },
    );
  }
  for (const name of there.keys())
    if (!named.has(name)) found.push({ record: name, receipt: null, path: '', what: `${id} does not name it` });
  return found;
}

const keyOf = ({ of, step, subject }: Pick<RecordReceipt, 'of' | 'step' | 'subject'>): string =>
  JSON.stringify([of, step, subject]);
