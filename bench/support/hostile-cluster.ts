import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as bodyOf } from 'node:stream/consumers';
import * as z from 'zod';
import { RECORD_COLUMNS } from '../../deploy/deployment-record-crd.ts';

const AT = '2026-11-20T09:00:00Z';
const Named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
type Held = z.infer<typeof Named>;

/** What anybody who may write an Application, or has the token of the webhook, can put into the cluster. */
export interface Hostile {
  /** Applications whose valuesObject is nested so deep, beside as many ordinary ones. */
  deep: number;
  levels: number;
  /** Dead letters of so many characters: one is base64, the next holds an `=` for each of them, the third is nested. */
  letters: number;
  letterLength: number;
}

/** An API server that holds that, made as it is asked for, and the Workflows and alerts that come of it. */
export async function openHostileCluster({ deep, levels, letters, letterLength }: Hostile) {
  const workflows = new Map<string, Held>();
  const alerts = new Map<string, Held>();
  const nested = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const applicationOf = (name: string) => {
    const values = name.startsWith('deep') ? nested : '{}';
    return `{"metadata":{"name":"${name}","namespace":"argocd","uid":"uid-${name}"},"spec":{"project":"default","source":{"repoURL":"https://git.example.com/a.git","helm":{"valuesObject":${values}}}},"status":{"operationState":{"phase":"Succeeded","startedAt":"${AT}","finishedAt":"${AT}"}}}`;
  };
  const names = Array.from({ length: deep }, (_, index) => [`deep-${index}`, `good-${index}`]).flat();
  const letterOf = (index: number) => {
    const kinds = ['A'.repeat(letterLength), `${'='.repeat(letterLength)}A`];
    const kind = kinds[index % 3];
    const depth = Math.floor(letterLength / 6);
    return kind === undefined
      ? `{"body":{"event":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}}`
      : `{"body":{"event":"${kind}"}}`;
  };
  const metadataOf = (index: number) => ({
    metadata: {
      name: `aftersync-dead-letter-${index}`,
      creationTimestamp: AT,
      labels: { 'aftersync.dev/dead-letter': 'true' },
    },
  });
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, workflows, alerts };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [, plural = '', name] = /\/namespaces\/[^/]+\/(\w+)(?:\/([^/]+))?/.exec(pathname) ?? [];
    const send = (body: string | object, status = 200) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const held = plural === 'workflows' ? workflows : alerts;
    if (request.method !== 'GET') {
      const object = Named.parse(await bodyOf(request));
      if (request.method === 'POST' && held.has(object.metadata.name)) return send({ code: 409 }, 409);
      const metadata = { ...object.metadata, uid: 'u', creationTimestamp: AT, resourceVersion: String(Math.random()) };
      held.set(object.metadata.name, { ...object, metadata });
      return send({ ...object, metadata });
    }
    const limit = Number(searchParams.get('limit') ?? 500);
    const from = Number(searchParams.get('continue') ?? 0);
    const rest = (count: number) => (from + limit < count ? `{"continue":"${from + limit}"}` : '{}');
    const page = (all: readonly string[]) =>
      send(`{"metadata":${rest(all.length)},"items":[${all.slice(from, from + limit).join(',')}]}`);
    const found = name === undefined ? undefined : held.get(name);
    if (plural === 'applications')
      return name === undefined ? page(names.map(applicationOf)) : send(applicationOf(name));
    if (name !== undefined) return found ? send(found) : send({ code: 404 }, 404);
    if (plural === 'deploymentalerts') return page([...alerts.values()].map(alert => JSON.stringify(alert)));
    if (plural === 'deploymentrecords')
      return send({ metadata: {}, columnDefinitions: RECORD_COLUMNS.map(column => ({ name: column })), rows: [] });
    if (plural !== 'configmaps') return page([]);
    const one = /aftersync-dead-letter-(\d+)/.exec(searchParams.get('fieldSelector') ?? '')?.[1];
    const isMetadata = request.headers.accept?.includes('as=PartialObjectMetadataList');
    const indices = one === undefined ? Array.from({ length: letters }, (_, index) => index) : [Number(one)];
    const itemOf = (index: number) =>
      JSON.stringify(isMetadata ? metadataOf(index) : { ...metadataOf(index), data: { event: letterOf(index) } });
    const items = indices.slice(from, from + limit).map(itemOf);
    return send(`{"metadata":${rest(indices.length)},"items":[${items.join(',')}]}`);
  }
}
