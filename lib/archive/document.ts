import canonicalize from 'canonicalize';
import * as z from 'zod';
import { refused } from '../runtime/failure.ts';

/** What the API server writes for itself: it says nothing of the record, and would be in the way when it is restored. */
const OWN = new Set(['managedFields', 'resourceVersion', 'generation', 'selfLink']);

const KubernetesObject = z.looseObject({ metadata: z.looseObject({}) });
const List = z.object({ kind: z.literal('List'), items: z.array(z.unknown()) });

/**
 * The document that is archived: a record and its parts as the cluster held them, as a List that kubectl and
 * `aftersync verify --file` read. RFC 8785, so that the same record is the same bytes.
 */
export function toDocument(objects: readonly unknown[]): string {
  const items = objects.map(withoutOwn);
  return canonicalize({ apiVersion: 'v1', kind: 'List', metadata: {}, items }) ?? '';
}

function withoutOwn(object: unknown): unknown {
  const { metadata, ...rest } = KubernetesObject.parse(object);
  const kept = Object.entries(metadata).filter(([field]) => !OWN.has(field));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

/** @param on where it was read. @throws Failure 1 where it is no such document */
export function objectsIn(document: string, on: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    throw damaged(on);
  }
  const list = List.safeParse(value);
  if (!list.success) throw damaged(on);
  return list.data.items;
}

const damaged = (on: string) =>
  refused('Archived record is damaged', on, 'restore an earlier version of the object; nothing but archive writes it');
