import type { ObjectStore } from '../clients/object-store.ts';
import type { Deployment } from '../contracts/deployment.ts';
import { refused } from '../runtime/failure.ts';
import { objectsIn } from './document.ts';
import { type ArchivedRecord, idKey, parseRecordKey, recordKey, type Scope, scopePrefix } from './record-key.ts';

/** Records that have left the cluster. Objects are as the cluster held them: a DeploymentRecord and its parts. */
export interface Archive {
  /** For messages. */
  name: string;
  /** @returns null where it was never archived */
  read(id: string): Promise<unknown[] | null>;
  /** What was archived, by application and time, read from the keys alone. */
  list(scope?: Scope): AsyncIterable<ArchivedRecord>;
  /** @throws Failure 1 where the object is not there or damaged */
  open(record: ArchivedRecord): Promise<unknown[]>;
  /** @returns null where there is none yet */
  document(deployment: Deployment): Promise<string | null>;
  /**
   * Keeps a document, then the way to it by its id. Both are read back and compared: what is not there byte for byte is a
   * failure.
   * @returns the key
   */
  keep(deployment: Deployment, document: string): Promise<string>;
}

/** Writing the same twice is harmless: it is the same object. */
export function createArchive(store: ObjectStore, prefix: string): Archive {
  async function kept(key: string, text: string, contentType: string): Promise<void> {
    await store.write(key, text, contentType);
    if ((await store.read(key)) !== text)
      throw refused('Archive does not hold what was written', store.nameOf(key), 'the record stays in the cluster');
  }

  async function objects(key: string): Promise<unknown[]> {
    const text = await store.read(key);
    if (text === null) throw refused('Archived record is gone', store.nameOf(key), 'restore the object');
    return objectsIn(text, store.nameOf(key));
  }

  return {
    name: store.nameOf(prefix),
    async read(id) {
      const key = await store.read(idKey(prefix, id));
      return key === null ? null : objects(key);
    },
    async *list(scope = {}) {
      for await (const { key, bytes } of store.list(scopePrefix(prefix, scope))) {
        const record = parseRecordKey(prefix, key, bytes);
        if (record !== null) yield record;
      }
    },
    open: ({ key }) => objects(key),
    document: deployment => store.read(recordKey(prefix, deployment)),
    async keep(deployment, document) {
      const key = recordKey(prefix, deployment);
      await kept(key, document, 'application/json');
      await kept(idKey(prefix, deployment.id), key, 'text/plain');
      return key;
    },
  };
}
