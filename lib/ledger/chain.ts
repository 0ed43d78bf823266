import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { partName } from '../contracts/deployment-record-part.ts';
import type { RecordReceipt } from '../contracts/record-receipt.ts';
import { canonicalSha256 } from './canonical.ts';
import type { Entry } from './entry.ts';
import type { StoredRecord } from './stored-record.ts';
import { verifyAcceptances, verifyContent, verifyOpening, verifyParts } from './verify-content.ts';

/** Where receipts are kept; neither is there before the first. */
export interface Chain {
  receipts?: RecordReceipt[] | undefined;
  head?: string | undefined;
}

/** The hash of a receipt: the `previous` of the next one, or the head. */
export const hashOf = (receipt: RecordReceipt): string => canonicalSha256(receipt);

/** The chain with one receipt more. */
export function appendReceipt<T extends Chain>(
  chain: T,
  { at, of, step, subject, state, sha256, version }: Entry,
): T & Required<{ receipts: RecordReceipt[]; head: string }> {
  const receipts = chain.receipts ?? [];
  const previous = chain.head ?? null;
  const said = { at, of, step, subject, state, sha256, ...(version !== undefined && { version }) };
  const receipt = { sequence: receipts.length + 1, ...said, previous };
  return { ...chain, receipts: [...receipts, receipt], head: hashOf(receipt) };
}

/** Something that does not hold. */
export interface Finding {
  /** Name of the resource: of the record, or of a part. */
  record: string;
  /** `sequence` of the receipt that it was seen at; null where it is about no receipt. */
  receipt: number | null;
  /** Within the resource, as kubectl writes it: status.deliveries[2].body. */
  path: string;
  /** One sentence. */
  what: string;
}

/** A head that a chain is known to have had, and how: what was taken off its end is seen by it alone. */
export interface KnownHead {
  head: string;
  /** For a person: `--head`, `the signature of …`, `record …`. */
  from: string;
}

/**
 * Computes the chain of a record and of its parts again, and holds everything that it vouches for against it.
 * @returns what does not hold, the first broken link of each chain first; nothing for a record without receipts, for
 *   which chainedSince answers null
 */
export function verifyChain(
  { record, parts, witnesses = [] }: StoredRecord,
  given: readonly KnownHead[] = [],
): Finding[] {
  const { receipts = [] } = record;
  const written = witnesses.flatMap(({ head, line }) => (head === null ? [] : [{ head, from: `line ${line} of it` }]));
  const known = [...given, ...written];
  if (record.receipts === undefined && record.head === undefined && (record.previous ?? null) === null)
    return known.map(head => missing(record.id, head));
  const broken = verifyLinks(record.id, record);
  return [
    ...broken,
    ...verifyOpening(record),
    ...verifyAcceptances(record),
    ...verifyContent(record.id, record),
    ...known.filter(({ head }) => !headsOf(receipts).has(head)).map(head => missing(record.id, head)),
    ...verifyParts(record, parts, headsOf),
    ...parts.flatMap(part => [...verifyLinks(partName(part), part), ...verifyContent(partName(part), part)]),
  ];
}

const missing = (record: string, { head, from }: KnownHead): Finding => ({
  record,
  receipt: null,
  path: 'status.receipts',
  what: `${from} knows the head ${head}, which no receipt has: receipts were removed or written anew`,
});

/** Every head that a chain has had. */
export const headsOf = (receipts: readonly RecordReceipt[]): Set<string> => new Set(receipts.map(hashOf));

/** Heads that a record knows of other records, by their id. */
export function headsKnownBy({ id, previous }: DeploymentRecord): Map<string, KnownHead> {
  if (previous == null || previous.head === null) return new Map();
  return new Map([[previous.id, { head: previous.head, from: `record ${id}` }]]);
}

/** Since when changes to a record show: from its beginning, or from when this version found it. null: never. */
export function chainedSince({ record, witnesses }: StoredRecord): { at: string; adopted: boolean } | null {
  const [first] = record.receipts ?? [];
  if (first === undefined) return null;
  if (witnesses === undefined) return { at: first.at, adopted: first.state === 'adopted' };
  const [witness] = witnesses;
  if (witness === undefined) return null;
  return { at: witness.at ?? first.at, adopted: witness.head !== null };
}

/** The first link that does not hold. */
function verifyLinks(record: string, { receipts = [], head }: Chain): Finding[] {
  let previous: string | null = null;
  for (const [index, receipt] of receipts.entries()) {
    const finding = (field: string, what: string): Finding[] => [
      { record, receipt: receipt.sequence, path: `status.receipts[${index}].${field}`, what },
    ];
    if (receipt.sequence !== index + 1)
      return finding('sequence', `receipt ${index + 1} is expected here: one was removed, or added by hand`);
    if (receipt.previous !== previous)
      return finding(
        'previous',
        index === 0
          ? 'the first receipt has none before it'
          : `receipt ${index} is not what it was: its hash is another`,
      );
    previous = hashOf(receipt);
  }
  if ((head ?? null) === previous) return [];
  const last = receipts.at(-1)?.sequence ?? null;
  const what = 'it is not the hash of the last receipt: that was changed, or what followed it was removed';
  return [{ record, receipt: last, path: 'status.head', what }];
}
