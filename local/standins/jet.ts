import { HttpResponse, http } from 'msw';
import * as z from 'zod';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

const text = z.string().min(1);

/** POST /api/v0.0/deploy/generic/publish: these fields and no other. */
export const DeploymentEvidence = z.strictObject({
  eventStatus: z.enum(['SUCCESS', 'FAILED']),
  deployTool: text,
  sealId: z.number().int(),
  jetId: text,
  repoName: text,
  projectName: text,
  branch: text,
  eventSubType: text,
  commitId: text,
  sourceUri: text,
  artifactId: text,
  artifactLocation: text,
  targetEnvironment: text,
  initiator: text,
});

/** POST /api/v0.0/releases/event: case as written. */
export const ReleaseEvent = z.strictObject({
  Event: z.literal('CREATE'),
  releaseID: z.literal(0),
  Comment: z.string(),
  Approver: text,
  changeRequest: text,
});

const Recorded = z.strictObject({ id: z.string(), key: z.string(), body: z.string().describe('As it was received.') });
export type Recorded = z.infer<typeof Recorded>;

/** What the store holds. It is plain data, so that a sample is a file. */
export const JetState = z.strictObject({
  accessToken: z.string().describe('The token that the proxy lets through.'),
  honoursKeys: z.boolean().default(true).describe('Whether a repeated key is answered without recording again.'),
  repeatedKey: z
    .enum(['original', 'already-recorded'])
    .default('original')
    .describe('What a repeated key is answered with: the first answer, or 409.'),
  rejectJetIds: z.array(z.string()).default([]).describe('Records with these build identifiers are refused.'),
  deployments: z.array(Recorded).default([]),
  releases: z.array(Recorded).default([]),
});
export type JetState = z.infer<typeof JetState>;

/** The JET Evidence Store behind its proxy, as strict as its documentation. `state` holds what was recorded, in order. */
export function createJetStandIn(
  from: z.input<typeof JetState>,
  behaviour: Behaviour = {},
): StandIn & { state: JetState } {
  const state = JetState.parse(from);
  const received: Received[] = [];
  const answer = behaving(behaviour, received, (request, body) => receive(state, request, body));
  const handlers = [
    http.post('*/api/v0.0/deploy/generic/publish', answer),
    http.head('*/api/v0.0/deploy/generic/publish', answer),
    http.post('*/api/v0.0/releases/event', answer),
  ];
  return { handlers, received, state };
}

function receive(state: JetState, request: Request, body: string): Response {
  const release = new URL(request.url).pathname.endsWith('/releases/event');
  if (request.headers.get('authorization') !== `Bearer ${state.accessToken}`)
    return problem(401, 'The access token is missing or unknown');
  if (request.method === 'HEAD') return problem(405, 'Evidence is posted');
  if (request.headers.get('content-type')?.split(';')[0] !== 'application/json')
    return problem(415, 'The body must be application/json');
  const key = request.headers.get('idempotency-key')?.replace(/^"(.*)"$/, '$1') ?? '';
  if (key === '') return problem(400, 'Idempotency-Key is missing');
  const mistake = release ? mistakeIn(ReleaseEvent, body) : mistakeIn(DeploymentEvidence, body);
  if (mistake !== null) return problem(400, mistake);
  const recorded = release ? state.releases : state.deployments;
  const known = state.honoursKeys ? recorded.find(record => record.key === key) : undefined;
  if (known !== undefined) return repeat(state, known, body);
  const { jetId } = z.object({ jetId: z.string().optional() }).parse(JSON.parse(body));
  if (jetId !== undefined && state.rejectJetIds.includes(jetId)) return problem(400, `jetId ${jetId} is not known`);
  const record = { id: `${release ? 'release' : 'deployment'}-${recorded.length + 1}`, key, body };
  recorded.push(record);
  return HttpResponse.json({ id: record.id, status: 'RECORDED' }, { status: 201 });
}

function repeat(state: JetState, known: Recorded, body: string): Response {
  if (known.body !== body) return problem(422, 'Idempotency-Key is already used');
  if (state.repeatedKey === 'already-recorded') return problem(409, 'This evidence is already recorded');
  return HttpResponse.json({ id: known.id, status: 'RECORDED' }, { status: 201 });
}

function mistakeIn(schema: z.ZodType, body: string): string | null {
  try {
    const result = schema.safeParse(JSON.parse(body));
    return result.success ? null : z.prettifyError(result.error).replaceAll('\n', ' ');
  } catch {
    return 'The body is not JSON';
  }
}

const problem = (status: number, detail: string) =>
  HttpResponse.json(
    { type: 'about:blank', title: detail, status, detail },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
