import type { CustomObjectsApi } from '@kubernetes/client-node';
import * as z from 'zod';
import { badInput } from '../runtime/failure.ts';
import { parseAs } from '../runtime/parse.ts';
import { connectCustomObjects, type ResourceType } from './custom-objects.ts';
import { itemsOf, TIMEOUT_MS, toFailure } from './kubernetes.ts';

/** Which objects, and how much of them. */
export interface PageQuery {
  namespace: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** How many objects a page has at most. */
  limit: number;
}

/** Long lists page by page, so that never more than two pages are held. What comes back is foreign: parse it. */
export interface ObjectPages {
  whole(type: ResourceType, query: PageQuery): AsyncGenerator<unknown[]>;
  /** metadata alone, PartialObjectMetadata. */
  metadata(type: ResourceType, query: PageQuery): AsyncGenerator<unknown[]>;
  /** What `kubectl get -o wide` prints: one object a row, from the name of a column to its cell. */
  table(type: ResourceType, query: PageQuery): AsyncGenerator<Record<string, unknown>[]>;
}

const AS = 'v=v1;g=meta.k8s.io';
const Continued = z.object({ metadata: z.object({ continue: z.string().nullish() }).nullish() });
const List = z.object({ items: z.array(z.unknown()).nullish() });
const Table = z.object({
  columnDefinitions: z.array(z.object({ name: z.string() })).nullish(),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })).nullish(),
});
const REMEDY = 'correct the server in the kubeconfig';

/**
 * Wire format: https://kubernetes.io/docs/reference/using-api/api-concepts/ (chunks, metadata only, tables).
 * @throws Failure 2 forbidden, or the type is not installed; 75 the API server does not answer, or the list changed too long
 * ago to be continued
 */
export function createObjectPages(timeoutMs: number = TIMEOUT_MS): ObjectPages {
  const clients = new Map<string | null, Promise<CustomObjectsApi>>();
  const connected = (accept: string | null) => {
    const client = clients.get(accept) ?? connectCustomObjects(timeoutMs, accept ?? undefined);
    clients.set(accept, client);
    return client;
  };
  async function* pages(accept: string | null, { kind, ...resource }: ResourceType, query: PageQuery) {
    const client = await connected(accept);
    const on = onOf({ kind, ...resource }, query);
    const ask = (from?: string): Promise<unknown> =>
      failing(on, () => client.listNamespacedCustomObject({ ...resource, ...query, ...(from && { _continue: from }) }));
    let asked: Promise<unknown> | null = ask();
    while (asked !== null) {
      const page: unknown = await asked;
      const from: string | null | undefined = parseAs(Continued, page, on, REMEDY).metadata?.continue;
      // The server makes the next page while this one is looked at.
      asked = from ? ask(from) : null;
      asked?.catch(() => {}); // It is reported when its turn comes, if that comes.
      yield page;
    }
  }
  return {
    async *whole(type, query) {
      for await (const page of pages(null, type, query)) yield listed(page, onOf(type, query));
    },
    async *metadata(type, query) {
      const accept = `application/json;as=PartialObjectMetadataList;${AS}`;
      for await (const page of pages(accept, type, query)) yield listed(page, onOf(type, query));
    },
    async *table(type, query) {
      for await (const page of pages(`application/json;as=Table;${AS}`, type, query)) {
        const on = onOf(type, query);
        const { columnDefinitions, rows } = parseAs(Table, page, on, REMEDY);
        const names = (columnDefinitions ?? []).map(({ name }) => name);
        yield itemsOf({ items: rows }, on).map(({ cells }) => rowOf(names, cells));
      }
    },
  };
}

const onOf = ({ kind }: ResourceType, { namespace }: PageQuery): string => `${kind} in ${namespace}`;
const listed = (page: unknown, on: string): unknown[] => itemsOf(parseAs(List, page, on, REMEDY), on);

function rowOf(names: readonly string[], cells: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  names.forEach((name, index) => {
    row[name] = cells[index];
  });
  return row;
}

async function failing<T>(on: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if ((error as { code?: unknown }).code === 404)
      throw badInput('No such resource type or namespace', on, 'install its custom resource definition (deploy/crds)');
    throw toFailure(error, on);
  }
}
