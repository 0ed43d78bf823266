import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Artifact } from '../../../lib/contracts/artifact-set.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import type { Deployment } from '../../../lib/contracts/deployment.ts';
import type { DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { EvidenceReceipts } from '../../../lib/contracts/evidence-receipts.ts';
import { idempotencyKeyOf } from '../../../lib/delivery/idempotency-key.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import type { JetState } from '../../../local/standins/jet.ts';
import type { Behaviour, Mishap } from '../../../local/standins/stand-in.ts';
import { accept } from '../../../records/accept.ts';
import { main } from '../../../steps/submit-evidence/cli.ts';
import { planEvidence } from '../../../steps/submit-evidence/plan.ts';
import {
  aDeployment,
  anArtifact,
  anImage,
  anIncomplete,
  artifactSetOf,
  CANARIES,
  configOf,
  ID,
  jetStandIn,
  tokenStandIn,
} from '../../support/evidence.ts';
import { metricFiles } from '../../support/metric-files.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const network = remotes();
beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
});
afterEach(() => vi.unstubAllEnvs());

interface Situation {
  artifacts?: Artifact[];
  deployment?: Partial<Deployment>;
  jet?: Record<string, unknown>;
}

/** A place with the step's inputs, where it can be run again and again. */
async function situation({ artifacts = [anArtifact('api'), anArtifact('web')], deployment, jet }: Situation = {}) {
  const files = (set: Artifact[]) => ({
    'deployment.json': aDeployment(deployment),
    'artifacts.json': artifactSetOf(set, [anImage('cache', { change: 'unchanged' })]),
    'config.yaml': configOf({ budgetSeconds: 3, timeoutSeconds: 1, leaseSeconds: 2, ...jet }),
  });
  const place = await workspace(files(artifacts));
  const inputs = ['deployment', 'artifacts'].map(name => `--${name}=${place.path(`${name}.json`)}`);
  const rest = [`--config=${place.path('config.yaml')}`, `--ledger=${place.path('records')}`];
  const argv = (...flags: string[]) => [...inputs, ...rest, `--out=${place.path('evidence.json')}`, ...flags];
  const run = async (...flags: string[]) => {
    const ended = await runStep(main, argv(...flags));
    const written = (await place.files()).includes('evidence.json');
    const receipts = written ? EvidenceReceipts.parse(await place.json('evidence.json')).receipts : null;
    return { ...ended, receipts, outcomes: receipts?.map(({ outcome }) => outcome) ?? null };
  };
  const record = () => openDirectoryLedger(place.path('records')).read(ID);
  return { ...place, argv, run, record };
}

function store(state: Partial<JetState> = {}, behaviour: Behaviour = {}) {
  const jet = jetStandIn(state, behaviour);
  const token = tokenStandIn();
  network.use(token);
  network.use(jet);
  return { ...jet, token };
}
const mishaps = (...list: Partial<Mishap>[]): Behaviour => ({
  mishaps: list.map(mishap => ({ path: 'publish', times: 1, ...mishap })),
});
const jetIdsIn = ({ state }: { state: JetState }) =>
  state.deployments.map(({ body }) => (JSON.parse(body) as { jetId: string }).jetId).sort();

describe('submit-evidence', () => {
  it('runs its sample without sending anything', async () => {
    const { path } = await workspace();
    const samples = 'steps/submit-evidence/samples';
    vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', undefined);
    const { exitCode, output } = await runStep(main, [
      `--deployment=${samples}/deployment.json`,
      `--artifacts=${samples}/artifacts.json`,
      `--config=${samples}/config.yaml`,
      '--dry-run',
      `--out=${path('evidence.json')}`,
    ]);
    expect(exitCode).toBe(0);
    expect(output).toContain('POST https://jet-proxy.example.com/api/v0.0/deploy/generic/publish');
    expect(output).toContain('"jetId":"70F27854ACAF95997AA30130B7A150AE8591C4AF05EE3B5389DC6EC057F624BB"');
  });

  it('records each artifact once and says where', async () => {
    const jet = store();
    const here = await situation();
    const first = await here.run();
    expect(first).toMatchObject({ exitCode: 0, outcomes: ['accepted', 'accepted'] });
    expect(jetIdsIn(jet)).toEqual(['JET-api', 'JET-web']);
    expect(first.receipts?.map(({ responseId }) => responseId).sort()).toEqual(['deployment-1', 'deployment-2']);
    expect(jet.token.received).toHaveLength(1);
    const again = await here.run();
    expect(again).toMatchObject({ exitCode: 0, receipts: first.receipts });
    expect(jet.received).toHaveLength(2);
  });

  it('remembers every image that was left running', async () => {
    store();
    const here = await situation();
    await here.run();
    expect((await here.record())?.images.map(({ repository }) => repository)).toEqual([
      'shop/api',
      'shop/web',
      'shop/cache',
    ]);
  });

  it('tells the head of its record on the log and in a file', async () => {
    store();
    const here = await situation();
    const { output } = await here.run(`--head-out=${here.path('out/head')}`);
    const head = (await here.record())?.head;
    expect(output).toContain(`record ${ID} head ${head}`);
    expect(await readFile(here.path('out/head'), 'utf8')).toBe(head);
  });

  it('counts for its metrics what this attempt sent, not what an earlier one did', async () => {
    store({}, mishaps({ status: 400, body: 'no such sealId' }));
    const here = await situation();
    const measured = async (name: string) => {
      await here.run(`--metrics-out=${here.path(name)}`);
      return metricFiles(here.path(name));
    };
    const first = { environment: 'staging', accepted: '1', duplicate: '0', rejected: '1' };
    expect(await measured('first')).toMatchObject(first);
    expect(await measured('second')).toMatchObject({ accepted: '1', rejected: '0' });
    expect(await measured('third')).toMatchObject({ accepted: '0', rejected: '0' });
  });

  it('records a failed sync as well', async () => {
    const jet = store();
    const here = await situation({ deployment: { eventStatus: 'FAILED' } });
    expect(await here.run()).toMatchObject({ exitCode: 0 });
    expect(jet.state.deployments[0]?.body).toContain('"eventStatus":"FAILED"');
  });

  it.each([
    ['SUCCESS', 1, /Artifacts are not known: Application argocd\/guestbook: nobody looked; .*--live/],
    ['FAILED', 0, /^record [0-9a-f]{16} head [0-9a-f]{64}\n$/],
  ] as const)('keeps that nobody knows the images of an operation: %s', async (eventStatus, exitCode, said) => {
    vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', undefined);
    const here = await situation({ deployment: { eventStatus } });
    const unknown = { ...artifactSetOf([]), unknown: 'nobody looked' };
    await writeFile(here.path('artifacts.json'), JSON.stringify(unknown));
    const ended = await here.run();
    expect(ended).toMatchObject({ exitCode, receipts: [], output: expect.stringMatching(said) });
    expect(await here.record()).toMatchObject({ artifacts: 'unknown', deliveries: [], images: [] });
    const rehearsed = await here.run('--dry-run');
    expect(rehearsed.exitCode).toBe(exitCode);
  });

  it('holds back what the cluster contradicts, until a person accepts it', async () => {
    const jet = store();
    const web = anArtifact('web');
    const workloads = web.image.workloads.map(workload => ({ ...workload, runsInstead: ['shop/web:0.9'] }));
    const here = await situation({
      artifacts: [anArtifact('api'), { ...web, image: { ...web.image, workloads } }],
    });
    const held = await here.run();
    expect(held).toMatchObject({ exitCode: 1, outcomes: ['accepted', 'quarantined'] });
    expect(held.output).toMatch(
      / synced \S*web\S*, the cluster runs shop\/web:0\.9 \(ignoreDifferences\?\); let it run/,
    );
    expect((await here.record())?.deliveries[1]).toMatchObject({ state: 'quarantined', body: null });
    await accept(ID, { ledger: here.path('records'), reason: 'seen', by: 'kim' }, {});
    expect(await here.run()).toMatchObject({ exitCode: 0, outcomes: ['accepted', 'accepted'] });
    expect(jet.received.filter(({ path }) => path.includes('publish'))).toHaveLength(2);
    await expect(accept(ID, { ledger: here.path('records'), reason: 'seen', by: 'kim' }, {})).rejects.toThrow(
      'Nothing',
    );
  });

  it('sends what is known of a sync of which not everything is, and is not done', async () => {
    const jet = store();
    const here = await situation();
    const remedy = 'kubectl -n pay create rolebinding x';
    const notLookedAt = [{ what: 'init-containers', where: 'Deployment in pay', why: 'refused', remedy }];
    const known = await readFile(here.path('artifacts.json'), 'utf8');
    const partly = JSON.stringify({ ...JSON.parse(known), unknown: 'refused', notLookedAt });
    await writeFile(here.path('artifacts.json'), partly);
    const ended = await here.run();
    expect(ended).toMatchObject({ exitCode: 1, outcomes: ['accepted', 'accepted'] });
    expect(ended.output).toContain(`Artifacts are not known: Application argocd/guestbook: refused; ${remedy}`);
    expect(summaryOf((await here.record()) as DeploymentRecord)).toMatchObject({ state: 'unknown', submitted: 2 });
    expect((await here.record())?.images).toHaveLength(3);
    await writeFile(here.path('artifacts.json'), known);
    expect(await here.run()).toMatchObject({ exitCode: 0 });
    expect(summaryOf((await here.record()) as DeploymentRecord)).toMatchObject({ state: 'complete', submitted: 2 });
    expect(jet.received.filter(({ path }) => path.includes('publish'))).toHaveLength(2);
    await writeFile(
      here.path('artifacts.json'),
      JSON.stringify({ ...JSON.parse(partly), artifacts: [], unchanged: [] }),
    );
    await here.run();
    expect((await here.record())?.images).toHaveLength(3);
  });

  it('finds the images in a later run, and never unlearns them', async () => {
    store();
    const here = await situation();
    const known = await readFile(here.path('artifacts.json'), 'utf8');
    const unknown = JSON.stringify({ ...artifactSetOf([]), unknown: 'nobody looked' });
    for (const set of [unknown, known, unknown]) {
      await writeFile(here.path('artifacts.json'), set);
      await here.run();
    }
    const record = await here.record();
    expect(record).toMatchObject({ artifacts: 'known', runs: expect.any(Number) });
    expect(record?.images).toHaveLength(3);
    expect(record?.deliveries.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
  });

  it('sends nothing where nothing was deployed, and keeps that', async () => {
    vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', undefined);
    const here = await situation({ deployment: { disposition: 'skip', skipReason: 'dry-run' } });
    expect(await here.run()).toMatchObject({ exitCode: 0, receipts: [] });
    expect(await here.record()).toMatchObject({ deliveries: [], runs: 1 });
  });

  it('sends what is complete, names what is not, and later sends exactly that', async () => {
    const jet = store();
    const thirdParty = anArtifact('proxy', { outcome: 'third-party', detail: 'not ours' });
    const here = await situation({ artifacts: [anArtifact('api'), anIncomplete('web'), thirdParty] });
    const first = await here.run();
    expect(first).toMatchObject({ exitCode: 1, outcomes: ['accepted', 'quarantined', 'skipped'] });
    expect(first.output).toContain(
      'submit-evidence: Evidence is missing (0 rejected, 1 held back): 1 of 3, first registry.example.com/shop/web:1.0.0: set the property jetId on shop/web/1.0.0; mend what it lacks and run again from jfrog-lookup',
    );
    const mended = await workspace({
      'artifacts.json': artifactSetOf([anArtifact('api'), anArtifact('web'), thirdParty]),
    });
    const second = await here.run(`--artifacts=${mended.path('artifacts.json')}`);
    expect(second).toMatchObject({ exitCode: 0, outcomes: ['accepted', 'accepted', 'skipped'] });
    expect(jetIdsIn(jet)).toEqual(['JET-api', 'JET-web']);
    expect(jet.received).toHaveLength(2);
  });

  it('goes on after a rejection, and tries that one again when it is run again', async () => {
    const jet = store({ rejectJetIds: ['JET-api'] });
    const here = await situation();
    const first = await here.run();
    expect(first).toMatchObject({ exitCode: 1, outcomes: ['rejected', 'accepted'] });
    expect(first.output).toMatch(/1 rejected, 0 held back\): 1 of 2, first .*JET answered 400: .*JET-api is not known/);
    jet.state.rejectJetIds = [];
    expect(await here.run()).toMatchObject({ exitCode: 0, outcomes: ['accepted', 'accepted'] });
    expect(jetIdsIn(jet)).toEqual(['JET-api', 'JET-web']);
    expect(jet.received).toHaveLength(3);
  });

  it('owes no longer what a later run leaves out and nobody sent, and says so', async () => {
    store({}, mishaps({ status: 503, times: 1000 }));
    const here = await situation({ jet: { budgetSeconds: 0.5 } });
    expect(await here.run()).toMatchObject({ exitCode: 75, outcomes: ['pending', 'pending'] });
    const jet = store();
    const less = await workspace({ 'artifacts.json': artifactSetOf([anArtifact('api')]) });
    expect(await here.run(`--artifacts=${less.path('artifacts.json')}`)).toMatchObject({
      ...{ exitCode: 0, outcomes: ['accepted'] },
    });
    const record = await here.record();
    expect(record && summaryOf(record)).toMatchObject({ state: 'complete', artifacts: 1, submitted: 1 });
    expect(record?.deliveries.map(({ state, detail }) => [state, detail])).toContainEqual([
      'skipped',
      'no longer owed',
    ]);
    expect(jetIdsIn(jet)).toEqual(['JET-api']);
    expect(await here.run()).toMatchObject({ exitCode: 0, outcomes: ['accepted', 'accepted'] });
    expect(jetIdsIn(jet)).toEqual(['JET-api', 'JET-web']);
  });

  it.each([
    ['one artifact less', ['api']],
    ['no artifact at all', []],
  ])('still sends what may be recorded, also of %s', async (_, names) => {
    store({}, mishaps({ status: 500, times: 2 }));
    const here = await situation();
    expect(await here.run()).toMatchObject({ exitCode: 75, outcomes: ['pending', 'pending'] });
    const jet = store();
    const less = await workspace({ 'artifacts.json': artifactSetOf(names.map(name => anArtifact(name))) });
    expect(await here.run(`--artifacts=${less.path('artifacts.json')}`)).toMatchObject({ exitCode: 0 });
    expect(jetIdsIn(jet)).toEqual(['JET-api', 'JET-web']);
    const record = await here.record();
    expect(record && summaryOf(record).state).toBe('complete');
  });

  it('does not end well while what it left out may be recorded', async () => {
    store({}, mishaps({ status: 500, times: 1000 }));
    const here = await situation({ jet: { budgetSeconds: 0.5 } });
    await here.run();
    const none = await workspace({ 'artifacts.json': artifactSetOf([]) });
    const second = await here.run(`--artifacts=${none.path('artifacts.json')}`);
    expect(second).toMatchObject({ exitCode: 75, outcomes: ['pending', 'pending'] });
    store({ rejectJetIds: ['JET-api', 'JET-web'] });
    expect(await here.run(`--artifacts=${none.path('artifacts.json')}`)).toMatchObject({ exitCode: 0, receipts: [] });
    const record = await here.record();
    expect(record && summaryOf(record).state).toBe('complete');
  });

  it('sends what an earlier run planned where nobody knows the images any more', async () => {
    store({}, mishaps({ status: 503, times: 1000 }));
    const here = await situation({ jet: { budgetSeconds: 0.5 } });
    await here.run();
    const jet = store();
    const unknown = await workspace({ 'artifacts.json': { ...artifactSetOf([]), unknown: 'nobody looked' } });
    expect(await here.run(`--artifacts=${unknown.path('artifacts.json')}`)).toMatchObject({
      ...{ exitCode: 0, outcomes: ['accepted', 'accepted'] },
    });
    expect(jetIdsIn(jet)).toEqual(['JET-api', 'JET-web']);
  });

  it('does not owe a second record because the digest was found later', async () => {
    const jet = store();
    const unresolved = anArtifact('api', { image: anImage('api', { digest: null, digestFrom: null }) });
    const here = await situation({ artifacts: [unresolved] });
    await here.run();
    const resolved = await workspace({ 'artifacts.json': artifactSetOf([anArtifact('api')]) });
    const second = await here.run(`--artifacts=${resolved.path('artifacts.json')}`);
    expect(second.receipts).toMatchObject([{ outcome: 'accepted', subject: 'registry.example.com/shop/api:1.0.0' }]);
    expect(jet.received).toHaveLength(1);
  });
});

describe('a store that is not well', () => {
  it('is asked again after a 429', async () => {
    const jet = store({}, mishaps({ status: 429, retryAfterSeconds: 1 }));
    expect(await (await situation({ artifacts: [anArtifact('api')] })).run()).toMatchObject({
      exitCode: 0,
      receipts: [{ outcome: 'accepted', attempts: 2, possibleDuplicate: false }],
    });
    expect(jet.state.deployments).toHaveLength(1);
  });

  it.each([
    [503, 'planned'],
    [429, 'planned'],
    [500, 'uncertain'],
    [502, 'uncertain'],
    [504, 'uncertain'],
  ])('and answers %i to the end: exit 75, %s, and the next run sends it', async (status, state) => {
    const times = status === 500 ? 1 : 1000;
    const sick = store({}, mishaps({ status, times }));
    const here = await situation({
      artifacts: [anArtifact('api')],
      jet: { budgetSeconds: 2.5, idempotency: { honoured: false } },
    });
    const first = await here.run();
    expect(first).toMatchObject({ exitCode: 75, outcomes: ['pending'] });
    expect(first.output).toContain(`answered ${status}`);
    expect((await here.record())?.deliveries[0]).toMatchObject({ state, owner: null });
    expect(sick.state.deployments).toHaveLength(0);
    store();
    expect(await here.run()).toMatchObject({
      exitCode: 0,
      receipts: [{ outcome: 'accepted', possibleDuplicate: state === 'uncertain' }],
    });
  });

  it.each([
    [true, 1, false],
    [false, 2, true],
  ])('drops the answer, key honoured %s: %i recorded, possible duplicate %s', async (honoured, count, marked) => {
    const jet = store({ honoursKeys: honoured }, mishaps({ drop: 'after' }));
    const here = await situation({ artifacts: [anArtifact('api')], jet: { idempotency: { honoured } } });
    expect(await here.run()).toMatchObject({
      exitCode: 0,
      receipts: [{ outcome: 'accepted', attempts: 2, possibleDuplicate: marked }],
    });
    expect(jet.state.deployments).toHaveLength(count);
    const [first, second] = jet.received;
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(second?.body).toBe(first?.body);
  });

  it('says that it recorded it before', async () => {
    const jet = store({ repeatedKey: 'already-recorded' }, mishaps({ drop: 'after' }));
    expect(await (await situation({ artifacts: [anArtifact('api')] })).run()).toMatchObject({
      exitCode: 0,
      receipts: [{ outcome: 'duplicate', httpStatus: 409 }],
    });
    expect(jet.state.deployments).toHaveLength(1);
  });

  it('says that it is still at work, and is asked again with the same key', async () => {
    const body = '{"title":"A request is outstanding for this Idempotency-Key"}';
    const jet = store({}, mishaps({ status: 409, body, contentType: 'application/problem+json' }));
    expect(await (await situation({ artifacts: [anArtifact('api')] })).run()).toMatchObject({
      exitCode: 0,
      receipts: [{ outcome: 'accepted', attempts: 2 }],
    });
    expect(new Set(jet.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('says 409 for a reason that nobody configured', async () => {
    store({}, mishaps({ status: 409, body: 'sealId is locked' }));
    const { exitCode, receipts } = await (await situation({ artifacts: [anArtifact('api')] })).run();
    expect(exitCode).toBe(1);
    expect(receipts).toMatchObject([{ outcome: 'rejected', detail: 'JET answered 409: sealId is locked' }]);
  });

  it('knows the key with another body: rejected, and no other key is tried', async () => {
    const subject = `registry.example.com/shop/api@${anImage('api').digest}`;
    const key = idempotencyKeyOf(ID, 'submit-evidence', subject);
    const jet = store({ deployments: [{ id: '1', key, body: '{"other":true}' }] });
    const here = await situation({ artifacts: [anArtifact('api')] });
    const first = await here.run();
    expect(first.receipts).toMatchObject([{ outcome: 'rejected', httpStatus: 422, idempotencyKey: key }]);
    expect(first.output).toContain('no other key is used');
    await here.run();
    expect(jet.received.map(({ headers }) => headers['idempotency-key'])).toEqual([`"${key}"`, `"${key}"`]);
  });

  it('does not know the token: nothing else is asked, exit 1', async () => {
    const jet = store({ accessToken: 'another' });
    const here = await situation({
      artifacts: ['a', 'b', 'c', 'd'].map(name => anArtifact(name)),
      jet: { concurrency: 1 },
    });
    const { exitCode, output, outcomes } = await here.run();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/JET refused: POST .* answered 401/);
    expect(outcomes).toEqual(['pending', 'pending', 'pending', 'pending']);
    expect(jet.received).toHaveLength(1);
    const left = (await here.record())?.deliveries.map(({ state, owner, attempts }) => ({ state, owner, attempts }));
    const unsent = { state: 'planned', owner: null, attempts: 0 };
    expect(left).toEqual([{ ...unsent, attempts: 1 }, unsent, unsent, unsent]);
  });

  it.each([
    ['redirects', { status: 302 }, 'configure the URL that it redirects to'],
    ['is a proxy that forbids it', { status: 403, body: 'Access denied' }, 'answered 403'],
    ['is not there', { status: 404, body: '{"message":"no Route matched"}' }, 'answered 404'],
    ['is a proxy that wants to know who asks', { status: 407 }, 'answered 407'],
    ['is a proxy that takes it for nonsense', { status: 400, body: '<html>400 Bad Request</html>' }, 'answered 400'],
    ['says nothing', { status: 201 }, 'JET does not say that it recorded: its answer is empty'],
    ['says only a part', { status: 206, body: '{"id":"1"}' }, '206 is not in jet.answers.recorded'],
    [
      'is a login page',
      { status: 200, body: '<html>log in</html>', contentType: 'text/html' },
      'JET answered with a web page',
    ],
  ])('%s: nothing else is asked, exit 1', async (_, mishap, expected) => {
    const jet = store({}, mishaps({ ...mishap, times: 9 }));
    const here = await situation({ jet: { concurrency: 1 } });
    const { exitCode, output, outcomes } = await here.run();
    expect(exitCode).toBe(1);
    expect(output).toContain(expected);
    expect(outcomes).toEqual(['pending', 'pending']);
    expect(jet.received).toHaveLength(1);
    // Who read 2xx of somebody may have been recorded; who was refused was not.
    const doubtful = mishap.status >= 200 && mishap.status < 300 ? 'uncertain' : 'planned';
    expect((await here.record())?.deliveries.map(({ state }) => state)).toEqual([doubtful, 'planned']);
    store();
    expect(await here.run()).toMatchObject({ exitCode: 0, outcomes: ['accepted', 'accepted'] });
  });

  it('waits before it mends: 75 wins over 1', async () => {
    store({}, mishaps({ status: 503, times: 1000 }));
    const here = await situation({ artifacts: [anIncomplete('api'), anArtifact('web')], jet: { budgetSeconds: 0.5 } });
    expect(await here.run()).toMatchObject({ exitCode: 75, outcomes: ['quarantined', 'pending'] });
  });
});

describe('two runs', () => {
  it('at once send each record once', async () => {
    const artifacts = Array.from({ length: 30 }, (_, index) => anArtifact(`image-${index}`));
    const jet = store({ honoursKeys: false }, { latencyMs: 20 });
    const here = await situation({
      artifacts,
      jet: { concurrency: 4, budgetSeconds: 60, idempotency: { honoured: false } },
    });
    const both = () => Promise.all([main(here.argv()), main(here.argv(`--out=${here.path('second.json')}`))]);
    const codes: number[] = [];
    await runStep(async () => codes.push(...(await both())), []);
    expect(codes).toEqual([0, 0]);
    expect(new Set(jetIdsIn(jet)).size).toBe(30);
    expect(jet.received).toHaveLength(30);
    expect((await here.record())?.runs).toBe(2);
  });

  it('of which one holds a record: the other waits inside its budget, then exit 75', async () => {
    store();
    const here = await situation({ jet: { budgetSeconds: 0.5, leaseSeconds: 600 } });
    const ledger = openDirectoryLedger(here.path('records'));
    const subject = `registry.example.com/shop/api@${anImage('api').digest}`;
    const at = new Date().toISOString();
    const leaseUntil = new Date(Date.now() + 600_000).toISOString();
    const settings = Configuration.parse(configOf()).jet;
    const deliveries = planEvidence(
      aDeployment(),
      artifactSetOf([anArtifact('api')]),
      settings,
      'https://jet.example.com',
    );
    await ledger.apply(ID, [
      { type: 'open', at, run: 'other', deployment: aDeployment() },
      { type: 'plan', at, step: 'submit-evidence', deliveries },
      { type: 'claim', at, step: 'submit-evidence', subject, owner: 'other/1', leaseUntil, keyHonoured: true },
    ]);
    expect(await here.run()).toMatchObject({ exitCode: 75, outcomes: ['pending', 'accepted'] });
  });
});

describe('bad input', () => {
  it.each([
    ['of two operations', { deployment: { id: 'aaaabbbbccccdddd' } }, [], /Artifacts of two operations/],
    ['a lease shorter than a request', { jet: { leaseSeconds: 0.5 } }, [], /jet\.timeoutSeconds`: must be shorter/],
    ['no regular expression', { jet: { answers: { outstanding: '(' } } }, [], /jet.answers.outstanding/],
    ['plain http', { jet: { url: 'http://jet.example.com' } }, [], /Plain http refused/],
    ['no ledger', {}, ['--ledger='], /No ledger: --ledger/],
    ['no deployment', {}, ['--deployment=none.json'], /--deployment=none.json/],
    ['an unknown flag', {}, ['--artefacts=x'], /unknown option '--artefacts=x'/],
  ])('%s: exit 2, no file', async (_, bad, flags, expected) => {
    const here = await situation(bad);
    const { exitCode, output, receipts } = await here.run(...flags);
    expect(exitCode).toBe(2);
    expect(output).toMatch(expected);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(receipts).toBeNull();
  });

  it('no secret: exit 2, and the ledger is not touched', async () => {
    vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', undefined);
    const here = await situation();
    const { exitCode, output } = await here.run();
    expect(exitCode).toBe(2);
    expect(output).toContain('AFTERSYNC_JET_CLIENT_SECRET');
    expect(await here.record()).toBeNull();
  });
});

describe('a dry run', () => {
  it('prints what would be sent and touches nothing', async () => {
    vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', undefined);
    const here = await situation({ artifacts: [anArtifact('api'), anIncomplete('web')] });
    const { exitCode, output, outcomes } = await here.run('--dry-run');
    expect(exitCode).toBe(1);
    expect(outcomes).toEqual(['pending', 'quarantined']);
    expect(output.match(/^POST /gm)).toHaveLength(1);
    expect(await here.files()).not.toContain('records');
  });
});

describe('a secret', () => {
  it.each([
    ['accepted', {}, undefined],
    ['echoed by the store', {}, { status: 400, body: `bad token ${CANARIES.accessToken} of ${CANARIES.clientSecret}` }],
    ['refused', { accessToken: 'another' }, undefined],
  ])('that is %s is nowhere in what a run leaves behind', async (_, state, mishap) => {
    store(state, mishap === undefined ? {} : mishaps({ ...mishap, times: 9 }));
    const here = await situation();
    const { output } = await here.run();
    const left = await readdir(here.directory, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      left.filter(entry => entry.isFile()).map(entry => readFile(join(entry.parentPath, entry.name), 'utf8')),
    );
    expect(texts.length).toBeGreaterThan(4);
    for (const text of [output, ...texts]) {
      expect(text).not.toContain(CANARIES.clientSecret);
      expect(text).not.toContain(CANARIES.accessToken);
    }
  });
});
