import { readFile } from 'node:fs/promises';
import { createAdaptorServer } from '@hono/node-server';
import { parse } from 'yaml';
import { serveRemotes } from './remotes.ts';

const [file = '/etc/stand-ins/remotes.yaml', port = '8080'] = process.argv.slice(2);
const answer = serveRemotes(parse(await readFile(file, 'utf8')));
const server = createAdaptorServer({
  overrideGlobalObjects: false,
  async fetch(request, { incoming }) {
    const response = await answer(request);
    // msw's network error: over HTTP it is a connection that ends without an answer.
    if (response?.type !== 'error') return response ?? new Response('no such path\n', { status: 404 });
    incoming.socket.destroy();
    return new Response();
  },
});
server.listen(Number(port));
process.on('SIGTERM', () => process.exit(0));
