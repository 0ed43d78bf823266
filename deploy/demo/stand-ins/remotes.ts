import { getResponse } from 'msw';
import * as z from 'zod';
import { AlertsState, createAlertsStandIn } from '../../../local/standins/alerts.ts';
import { createArtifactoryStandIn } from '../../../local/standins/artifactory.ts';
import { ArtifactoryState } from '../../../local/standins/artifactory-state.ts';
import { createJetStandIn, JetState } from '../../../local/standins/jet.ts';
import { Behaviour, type StandIn } from '../../../local/standins/stand-in.ts';
import { createTokenStandIn, TokenState } from '../../../local/standins/token.ts';

type Remote = StandIn & { state: object };

/** What a remote holds, and how it begins. Its answers come from the state that it shows. */
function remote<S extends z.ZodObject>(State: S, create: (state: z.output<S>, behaviour: Behaviour) => Remote) {
  return {
    create: (state: unknown, behaviour: Behaviour) => create(State.parse(state), behaviour),
    /** The fields that are given, as the remote holds them. */
    part(state: object): object {
      const parsed: Record<string, unknown> = State.partial().parse(state);
      return Object.fromEntries(Object.keys(state).map(key => [key, parsed[key]]));
    },
  };
}

const REMOTES = {
  artifactory: remote(ArtifactoryState, createArtifactoryStandIn),
  jet: remote(JetState, createJetStandIn),
  alerts: remote(AlertsState, createAlertsStandIn),
  token: remote(TokenState, createTokenStandIn),
};
type Name = keyof typeof REMOTES;
const isName = (text: string): text is Name => Object.hasOwn(REMOTES, text);

const Held = z.strictObject({ state: z.unknown(), behaviour: Behaviour.prefault({}) });
const Change = z.strictObject({ state: z.looseObject({}).optional(), behaviour: Behaviour.optional() });
const Beginning = z.record(z.string().refine(isName, 'no such remote'), z.unknown());

/**
 * Stand-ins for remotes that can be looked at and changed while they are served: `/_/<remote>`, GET tells what it holds and
 * received, PUT {state, behaviour} replaces it, POST changes a part of either.
 * @param beginning what each remote holds at first, by name
 * @returns answers a request; undefined where nobody serves its path
 */
export function serveRemotes(beginning: unknown): (request: Request) => Promise<Response | undefined> {
  const served = new Map<Name, Remote & { behaviour: Behaviour }>();
  for (const [name, held] of Object.entries(Beginning.parse(beginning))) if (isName(name)) stand(name, held);
  return answer;

  function stand(name: Name, held: unknown): void {
    const { state, behaviour } = Held.parse(held);
    served.set(name, { ...REMOTES[name].create(state, behaviour), behaviour });
  }

  async function answer(request: Request): Promise<Response | undefined> {
    const [, name] = /^\/_\/([a-z]+)$/.exec(new URL(request.url).pathname) ?? [];
    if (name !== undefined) return control(name, request);
    return getResponse(
      [...served.values()].flatMap(({ handlers }) => handlers),
      request,
    );
  }

  async function control(name: string, request: Request): Promise<Response> {
    if (name === 'health') return new Response('OK\n');
    if (!isName(name)) return new Response('no such remote\n', { status: 404 });
    try {
      if (request.method === 'PUT') stand(name, await request.json());
      const one = served.get(name);
      if (one === undefined) return new Response('not served here\n', { status: 404 });
      if (request.method === 'POST') change(name, one, await request.json());
      return Response.json({ state: one.state, received: one.received });
    } catch (error) {
      return new Response(`${error instanceof z.ZodError ? z.prettifyError(error) : error}\n`, { status: 400 });
    }
  }

  /** In place: what is recorded meanwhile, and what is being answered, is not lost. */
  function change(name: Name, one: Remote & { behaviour: Behaviour }, changed: unknown): void {
    const { state, behaviour } = Change.parse(changed);
    if (state !== undefined) Object.assign(one.state, REMOTES[name].part(state));
    if (behaviour !== undefined) Object.assign(one.behaviour, { latencyMs: undefined, mishaps: [] }, behaviour);
  }
}
