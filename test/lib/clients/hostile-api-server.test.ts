import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createCustomObjects } from '../../../lib/clients/custom-objects.ts';
import { createDeadLetters } from '../../../lib/clients/dead-letters.ts';
import { createKubernetes } from '../../../lib/clients/kubernetes.ts';
import { whoAmI } from '../../../lib/clients/kubernetes-identity.ts';
import { createObjectPages } from '../../../lib/clients/object-pages.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { type RawAnswer, rawServer } from '../../support/raw-server.ts';
import { workspace } from '../../support/run-step.ts';

const TYPE = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };
const server = await rawServer();
const elsewhere = await rawServer();
const files = await workspace({ kubeconfig: kubeconfigFor(server.url) });
beforeEach(() => {
  server.requests.length = 0;
  elsewhere.requests.length = 0;
  vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
});

const raw =
  (head: string, body = '', end = true): RawAnswer =>
  socket => {
    socket.write(`HTTP/1.1 ${head}\r\nConnection: ${end ? 'close' : 'Upgrade'}\r\n\r\n${body}`);
    if (end) socket.end();
  };
const json = (body: string) => raw(`200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`, body);

async function allOf(pages: AsyncGenerator<unknown[]>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}

const pod = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'argocd' };
const query = { namespace: 'argocd', limit: 10 };
const LISTS: Record<string, () => Promise<unknown>> = {
  'custom objects': () => createCustomObjects(TYPE, 'argocd', 1000).list(),
  'dead letters': () => createDeadLetters('argocd', 1000).list(),
  'whole pages': () => allOf(createObjectPages(1000).whole(TYPE, query)),
  'pages of metadata': () => allOf(createObjectPages(1000).metadata(TYPE, query)),
  tables: () => allOf(createObjectPages(1000).table(TYPE, query)),
};
const OTHERS: Record<string, () => Promise<unknown>> = {
  'one object': () => createCustomObjects(TYPE, 'argocd', 1000).read('a'),
  'an object of any kind': () => createKubernetes({ timeoutMs: 1000 }).read({ ...pod, name: 'a' }),
  'objects of any kind': () => createKubernetes({ timeoutMs: 1000 }).list(pod),
  'who asks': () => whoAmI(1000),
};
const each = Object.entries({ ...LISTS, ...OTHERS });

const failureOf = (work: Promise<unknown>) =>
  work.then(
    value => ({ value }),
    (error: { name: string; exitCode: number; message: string }) => error,
  );

describe.each(each)('%s', (_, work) => {
  it.each([301, 302, 303, 307, 308])('go nowhere else on a %i, nor does the token', async status => {
    server.answer = raw(`${status} Moved\r\nLocation: ${elsewhere.url}/api\r\nContent-Length: 0`);
    expect(await failureOf(work())).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`answered ${status}; correct the server in the kubeconfig`),
    });
    expect(elsewhere.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, RawAnswer, number]>([
    ['switches protocols', raw('101 Switching Protocols\r\nUpgrade: h2c', '', false), 2],
    ['hangs up', socket => socket.destroy(), 75],
    ['says nothing', () => {}, 75],
    ['cuts its answer', raw('200 OK\r\nContent-Type: application/json\r\nContent-Length: 99', '{"items"'), 75],
    ['is overloaded', raw('503 Busy\r\nContent-Length: 0'), 75],
    ['speaks no HTTP', socket => socket.end('hello\r\n\r\n'), 75],
  ])('end with a failure where the server %s', async (_, answer, exitCode) => {
    server.answer = answer;
    expect(await failureOf(work())).toMatchObject({ exitCode });
  });
});

describe.each(Object.entries(LISTS))('%s', (_, work) => {
  it.each(['{}', '{"kind":"Status"}', '{"metadata":{}}', '[]', '"x"'])(
    'are not none where the answer is %s',
    async body => {
      server.answer = json(body);
      expect(await failureOf(work())).toMatchObject({ exitCode: 2 });
    },
  );

  it('are none where a list says so', async () => {
    for (const items of ['[]', 'null']) {
      server.answer = json(`{"metadata":{},"items":${items},"rows":${items},"columnDefinitions":[]}`);
      expect(await failureOf(work())).toEqual({ value: [] });
    }
  });
});
