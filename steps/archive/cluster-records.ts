import * as z from 'zod';
import { createCustomObjects } from '../../lib/clients/custom-objects.ts';
import { createObjectPages } from '../../lib/clients/object-pages.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { type RecordRow, toRows } from './rows.ts';

/** What a deletion names, so that nothing newer is deleted. */
export interface Version {
  name: string;
  uid: string;
  resourceVersion: string;
}

/** A record as the cluster holds it, and its parts. */
export interface ClusterRecord {
  version: Version;
  objects: unknown[];
}

/** The records of one namespace. */
export interface ClusterRecords {
  rows(): Promise<RecordRow[]>;
  /** @returns null where it is gone */
  read(id: string): Promise<ClusterRecord | null>;
  /** Its parts go with it. @returns false where it was changed since, or is gone */
  remove(version: Version): Promise<boolean>;
}

const GROUP = { group: 'aftersync.dev', version: 'v1alpha1' };
const RECORD = { ...GROUP, plural: 'deploymentrecords', kind: 'DeploymentRecord' };
const PART = { ...GROUP, plural: 'deploymentrecordparts', kind: 'DeploymentRecordPart' };
const PAGE = 500;

const Known = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), resourceVersion: z.string() }),
  status: z.object({ parts: z.number().int().nonnegative().optional() }).optional(),
});

/** @throws Failure 2 forbidden, or deploy/crds is not applied; 75 the API server does not answer */
export function createClusterRecords(namespace: string): ClusterRecords {
  const records = createCustomObjects(RECORD, namespace);
  const parts = createCustomObjects(PART, namespace);
  const pages = createObjectPages();
  return {
    async rows() {
      const query = { namespace, limit: PAGE };
      return toRows(await all(pages.metadata(RECORD, query)), await all(pages.table(RECORD, query)));
    },
    async read(id) {
      const object = await records.read(id);
      if (object === null) return null;
      const { metadata, status } = parseAs(Known, object, `DeploymentRecord ${id}`, 'this is a bug, please report it');
      const objects = [object];
      for (let index = 0; index < (status?.parts ?? 0); index += 1) {
        const part = await parts.read(`${id}-${index}`);
        // What is missing is seen when the chain is held against what is there.
        if (part !== null) objects.push(part);
      }
      const { name, uid, resourceVersion } = metadata;
      return { version: { name, uid, resourceVersion }, objects };
    },
    remove: version => records.remove(version),
  };
}

async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}
