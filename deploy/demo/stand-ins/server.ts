import { readFile } from 'node:fs/promises';
import { createAdaptorServer } from '@hono/node-server';
import { getResponse } from 'msw';
import { parse } from 'yaml';
import * as z from 'zod';
import { AlertsState, createAlertsStandIn } from '../../../local/standins/alerts.ts';
import { createArtifactoryStandIn } from '../../../local/standins/artifactory.ts';
import { ArtifactoryState } from '../../../local/standins/artifactory-state.ts';
import { createJetStandIn, JetState } from '../../../local/standins/jet.ts';
import { Behaviour, type StandIn } from '../../../local/standins/stand-in.ts';
import { createTokenStandIn, TokenState } from '../../../local/standins/token.ts';

const Held = z.strictObject({ state: z.unknown(), behaviour: Behaviour.prefault({}) });

/** How each remote begins, from what the file that the program is started with says of it. */
const CREATE = {
  artifactory: (state: unknown, behaviour: Behaviour) => {
    const held = ArtifactoryState.parse(state);
    return { ...createArtifactoryStandIn(held, behaviour), state: held };
  },
  jet: (state: unknown, behaviour: Behaviour) => createJetStandIn(JetState.parse(state), behaviour),
  alerts: (state: unknown, behaviour: Behaviour) => createAlertsStandIn(AlertsState.parse(state), behaviour),
  token: (state: unknown, behaviour: Behaviour) => {
    const held = TokenState.parse(state);
    return { ...createTokenStandIn(held, behaviour), state: held };
  },
} satisfies Record<string, (state: unknown, behaviour: Behaviour) => StandIn & { state: object }>;
type Name = keyof typeof CREATE;
const isName = (text: string): text is Name => Object.hasOwn(CREATE, text);

const Change = z.strictObject({ state: z.looseObject({}).optional(), behaviour: Behaviour.optional() });

const served = new Map<Name, StandIn & { state: object; behaviour: Behaviour }>();

function stand(name: Name, held: unknown): void {
  const { state, behaviour } = Held.parse(held);
  served.set(name, { ...CREATE[name](state, behaviour), behaviour });
}

/** In place: what is recorded meanwhile, and what is being answered, is not lost. */
function change(remote: { state: object; behaviour: Behaviour }, changed: unknown): void {
  const { state, behaviour } = Change.parse(changed);
  Object.assign(remote.state, state);
  if (behaviour !== undefined) Object.assign(remote.behaviour, { latencyMs: undefined, mishaps: [] }, behaviour);
}

/** /_/<remote>: GET tells what it holds and received, PUT {state, behaviour} replaces it, POST changes a part of either. */
async function control(name: string, request: Request): Promise<Response> {
  if (name === 'health') return new Response('OK\n');
  if (!isName(name)) return new Response('no such remote\n', { status: 404 });
  if (request.method === 'PUT') stand(name, await request.json());
  const remote = served.get(name);
  if (remote === undefined) return new Response('not served here\n', { status: 404 });
  if (request.method === 'POST') change(remote, await request.json());
  return Response.json({ state: remote.state, received: remote.received });
}

async function answer(request: Request): Promise<Response | undefined> {
  const [, name] = /^\/_\/([a-z]+)$/.exec(new URL(request.url).pathname) ?? [];
  if (name !== undefined) return control(name, request);
  return getResponse(
    [...served.values()].flatMap(remote => remote.handlers),
    request,
  );
}

const [file = '/etc/stand-ins/remotes.yaml', port = '8080'] = process.argv.slice(2);
const remotes = z
  .record(z.string().refine(isName, 'no such remote'), z.unknown())
  .parse(parse(await readFile(file, 'utf8')));
for (const [name, held] of Object.entries(remotes)) if (isName(name)) stand(name, held);
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
