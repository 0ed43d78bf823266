import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { getResponse } from 'msw';
import type { StandIn } from './stand-in.ts';

export interface Served {
  /** http://localhost:<port> */
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Serves a stand-in over HTTP, on this machine only.
 * @param port 0 for any; another one when it is taken
 * @param afterEach called when a request has been answered or dropped, before the answer leaves
 */
export async function serve(standIn: StandIn, port = 0, afterEach: () => Promise<void> = async () => {}) {
  try {
    return await listen(standIn, port, afterEach);
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return await listen(standIn, 0, afterEach);
  }
}

async function listen(standIn: StandIn, port: number, afterEach: () => Promise<void>): Promise<Served> {
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    async fetch(request, { incoming }) {
      const answer = await getResponse(standIn.handlers, request);
      await afterEach();
      // msw's network error: over HTTP it is a connection that ends without an answer.
      if (answer?.type === 'error') incoming.socket.destroy();
      else return answer ?? new Response('no such path\n', { status: 404 });
      return new Response();
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://localhost:${taken}`,
    port: taken,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
