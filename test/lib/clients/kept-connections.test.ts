import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { createCustomObjects } from '../../../lib/clients/custom-objects.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { workspace } from '../../support/run-step.ts';

const TYPE = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };
afterEach(() => vi.unstubAllEnvs());

it('keeps its connection to the API server for the next request', async () => {
  let connections = 0;
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"metadata":{"name":"a"}}');
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const files = await workspace({ kubeconfig: kubeconfigFor(`http://127.0.0.1:${port}`) });
  vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
  const objects = createCustomObjects(TYPE, 'argocd');
  for (const name of ['a', 'b', 'c']) expect(await objects.read(name)).toEqual({ metadata: { name: 'a' } });
  server.closeAllConnections();
  server.close();
  expect(connections).toBe(1);
});
