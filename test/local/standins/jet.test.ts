import { getResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { createJetStandIn, type JetState } from '../../../local/standins/jet.ts';

const EVIDENCE = {
  eventStatus: 'SUCCESS',
  deployTool: 'ArgoCD',
  sealId: 1,
  jetId: 'J',
  repoName: 'r',
  projectName: 'p',
  branch: 'b',
  eventSubType: 'EKS',
  commitId: 'c',
  sourceUri: 's',
  artifactId: 'a',
  artifactLocation: 'l',
  targetEnvironment: 't',
  initiator: 'i',
};
const RELEASE = { Event: 'CREATE', releaseID: 0, Comment: '', Approver: 'i', changeRequest: 'CHG0030001' };

function store(state: Partial<JetState> = {}) {
  const jet = createJetStandIn({ accessToken: 'token', ...state });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const sent = {
      'content-type': 'application/json',
      authorization: 'Bearer token',
      'idempotency-key': '"k"',
      ...headers,
    };
    const init = { method: 'POST', headers: sent, body: typeof body === 'string' ? body : JSON.stringify(body) };
    const answer = await getResponse(jet.handlers, new Request(`https://jet.example.com/proxy${path}`, init));
    return { status: answer?.status, type: answer?.headers.get('content-type'), text: await answer?.text() };
  };
  const deployment = (body: unknown = EVIDENCE, headers = {}) =>
    post('/api/v0.0/deploy/generic/publish', body, headers);
  const release = (body: unknown = RELEASE, headers = {}) => post('/api/v0.0/releases/event', body, headers);
  return { ...jet, deployment, release };
}

describe('the stand-in of JET', () => {
  it('records what is right, and keeps it as plain data', async () => {
    const jet = store();
    expect(await jet.deployment()).toMatchObject({ status: 201, text: expect.stringContaining('deployment-1') });
    expect(await jet.release()).toMatchObject({ status: 201, text: expect.stringContaining('release-1') });
    expect(JSON.parse(JSON.stringify(jet.state))).toMatchObject({
      deployments: [{ key: 'k' }],
      releases: [{ key: 'k' }],
    });
  });
  it.each([
    ['extPayload', { ...EVIDENCE, extPayload: '' }],
    ['sealId as text', { ...EVIDENCE, sealId: '1' }],
    ['a missing field', { ...EVIDENCE, jetId: undefined }],
    ['an empty field', { ...EVIDENCE, branch: '' }],
    ['another status', { ...EVIDENCE, eventStatus: 'Succeeded' }],
    ['no JSON', 'text'],
  ])('answers 400 problem+json to %s', async (_, body) => {
    const jet = store();
    expect(await jet.deployment(body)).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(jet.state.deployments).toEqual([]);
  });
  it.each([
    { ...RELEASE, event: 'CREATE' },
    { ...RELEASE, releaseID: '0' },
    { ...RELEASE, comment: '' },
    { ...RELEASE, changeRequest: '' },
  ])('answers 400 to the release %j', async body => {
    expect((await store().release(body)).status).toBe(400);
  });
  it.each([
    [{ authorization: 'Bearer other' }, 401],
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'idempotency-key': '' }, 400],
  ])('holds the headers against what is needed: %j', async (headers, status) => {
    expect((await store().deployment(EVIDENCE, headers)).status).toBe(status);
  });
  it('answers a repeated key with the first answer, or with 409', async () => {
    const original = store();
    expect(await original.deployment()).toEqual(await original.deployment());
    expect(original.state.deployments).toHaveLength(1);
    const already = store({ repeatedKey: 'already-recorded' });
    await already.deployment();
    expect((await already.deployment()).status).toBe(409);
  });
  it('answers 422 to a repeated key with another body', async () => {
    const jet = store();
    await jet.deployment();
    expect((await jet.deployment({ ...EVIDENCE, branch: 'other' })).status).toBe(422);
  });
  it('records again where it does not honour keys', async () => {
    const jet = store({ honoursKeys: false });
    await jet.deployment();
    await jet.deployment();
    expect(jet.state.deployments).toHaveLength(2);
  });
  it('refuses the builds that it is told to refuse', async () => {
    const jet = store({ rejectJetIds: ['J'] });
    expect(await jet.deployment()).toMatchObject({ status: 400, text: expect.stringContaining('J is not known') });
    expect(jet.state.deployments).toEqual([]);
  });
});
