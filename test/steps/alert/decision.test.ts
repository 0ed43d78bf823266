import { describe, expect, it } from 'vitest';
import type { Delivery, DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import type { Run } from '../../../lib/run/run.ts';
import { encodeEvent } from '../../../lib/workflows/post-deployment.ts';
import { type Decision, decide } from '../../../steps/alert/decision.ts';
import { identityOf } from '../../../steps/alert/identity.ts';
import { absent, read, runOf, sampleRun } from '../../support/sample-run.ts';

const AT = '2026-11-20T22:10:00Z';
const sample = await sampleRun();
const { id } = sample.deployment;
const recorded = runOf(sample, `checkout-${id}`);
const failedNode = (step: string, message: string) => ({
  displayName: step,
  message: `main: Error (exit code 1): ${step}: ${message}`,
  templateName: step,
  phase: 'Failed',
  podName: 'pod',
  finishedAt: AT,
});
const failedAt = (step: string, message = 'no'): Pick<Run, 'status' | 'failures'> => ({
  status: 'Failed',
  failures: read([failedNode(step, message)]),
});
const quarantined = {
  ...sample.evidence,
  receipts: sample.evidence.receipts.map((receipt, index) =>
    index === 0 ? { ...receipt, outcome: 'quarantined' as const, detail: 'jetId is missing. Set it.' } : receipt,
  ),
};
const delivery = (state: Delivery['state'], leaseUntil: string | null = null): Delivery => ({
  step: 'submit-evidence',
  target: 'https://jet.example.com',
  subject: 's',
  reference: 'r',
  body: '{}',
  provenance: {},
  state,
  owner: leaseUntil === null ? null : 'other',
  leaseUntil,
  updatedAt: AT,
  idempotencyKey: null,
  bodySha256: null,
  attempts: 0,
  possibleDuplicate: false,
  httpStatus: null,
  responseId: null,
  detail: '',
});
const recordOf = (...deliveries: Delivery[]): DeploymentRecord => ({
  schemaVersion: 'aftersync.deployment-record/v1',
  id,
  deployment: { ...sample.deployment, production: false },
  images: [],
  deliveries,
  runs: 1,
});
const decided = (run: Partial<Run>, record: DeploymentRecord | null = null, event: string | null = null) => {
  const whole = { ...recorded, ...run };
  const identity = identityOf(whole, event);
  if (identity === null) throw new Error('no identity');
  return decide({ run: whole, identity, record: async () => record, workflowUrl: null, at: AT });
};

describe('what a run means for its alert', () => {
  it.each<[string, Partial<Run>, DeploymentRecord | null, Decision['kind']]>([
    ['everything is recorded', {}, null, 'resolve'],
    [
      'a step failed at first, and not in the end',
      { failures: read([failedNode('fetch-app(0)', 'x')]) },
      null,
      'resolve',
    ],
    [
      'metadata is missing',
      { ...failedAt('submit-evidence'), evidence: read(quarantined), release: absent },
      null,
      'raise',
    ],
    ['fetch-app failed', { ...failedAt('fetch-app'), deployment: absent, imageDiff: absent }, null, 'raise'],
    ['the run was stopped', { status: 'Failed', evidence: absent, artifacts: absent, release: absent }, null, 'raise'],
    ['the release event is missing', { release: absent }, null, 'raise'],
    ['a step failed, and nothing is missing of what it wrote', failedAt('submit-release'), null, 'raise'],
    [
      'a step failed after another run had recorded everything',
      failedAt('fetch-app'),
      recordOf(delivery('accepted')),
      'resolve',
    ],
    ['it failed, and the record lacks something', failedAt('fetch-app'), recordOf(delivery('rejected')), 'raise'],
    [
      'another run is sending the rest',
      failedAt('submit-evidence'),
      recordOf(delivery('accepted'), delivery('sending', '2026-11-20T22:10:20Z')),
      'leave',
    ],
    [
      'the run that was sending is dead',
      failedAt('submit-evidence'),
      recordOf(delivery('sending', '2026-11-20T22:09:20Z')),
      'raise',
    ],
    ['a dry run', { evidence: read({ ...quarantined, dryRun: true }) }, null, 'leave'],
  ])('%s', async (_, run, record, kind) => {
    expect((await decided(run, record)).kind).toBe(kind);
  });

  it.each([
    // Retry alone would leave out diff-images, which ended well.
    [
      'SUCCESS',
      /^Nothing lists .* Then: argo -n argocd retry --restart-successful --node-field-selector displayName=diff-images checkout-/,
    ],
    ['FAILED', /^It failed, and .* Accept it: aftersync alerts accept [0-9a-f]{16} --reason REASON$/],
  ] as const)('nobody knows the images of a sync that ended %s', async (eventStatus, remedy) => {
    const operation = { ...sample.deployment.operation, current: false };
    const deployment = { ...sample.deployment, operation, eventStatus, production: false, resourcesKnown: false };
    const notLookedAt = [{ what: 'operation' as const, where: 'Application argocd/shop', why: 'it is over' }];
    const imageDiff = { ...sample.imageDiff, images: [], notLookedAt };
    const evidence = { ...sample.evidence, receipts: [] };
    const unknown = {
      deployment: read(deployment),
      imageDiff: read(imageDiff),
      evidence: read(evidence),
      artifacts: read({ ...sample.artifacts, artifacts: [] }),
      release: absent,
    };
    const record = { ...recordOf(), artifacts: 'unknown' as const };
    expect(await decided(unknown, record)).toMatchObject({
      kind: 'raise',
      alarm: {
        name: id,
        cause: { what: 'Images: not known, so no evidence of them', remedy: expect.stringMatching(remedy) },
      },
    });
  });
});

describe('what an alert says', () => {
  it('what is missing of which sync, and how to mend it', async () => {
    const run = { ...failedAt('submit-evidence'), evidence: read(quarantined), release: absent };
    expect(await decided(run)).toMatchObject({
      kind: 'raise',
      alarm: {
        name: id,
        cause: {
          operation: id,
          instance: 'default',
          application: { namespace: 'argocd', name: 'checkout' },
          environment: sample.deployment.targetEnvironment,
          what: expect.stringMatching(/^registry\.example\.com\/.*: held back, metadata is missing, and 1 thing more$/),
          subject: expect.stringMatching(/^sync of Application argocd\/checkout in .*, started at 2026/),
          remedy: expect.stringMatching(/^jetId is missing\. Set it\. .*\. Then: argo -n argocd retry checkout-/),
          links: { application: sample.deployment.source.url },
        },
      },
    });
  });

  it('what the step that failed said, before anything could be sent', async () => {
    const run = {
      ...failedAt('diff-images', 'Registry does not answer: x; it is tried again'),
      imageDiff: absent,
      evidence: absent,
    };
    expect(await decided(run)).toMatchObject({
      alarm: {
        cause: {
          remedy: `diff-images: Registry does not answer: x; it is tried again. Then: argo -n argocd retry checkout-${id}`,
        },
      },
    });
  });
});

describe('how it is mended', () => {
  const nothingLooked = { artifacts: absent, evidence: absent, release: absent };
  const nodes = (...failures: ReturnType<typeof failedNode>[]): Pick<Run, 'status' | 'failures'> => ({
    status: 'Failed',
    failures: read(failures),
  });
  const stoppedNode = (step: string) => ({ ...failedNode(step, ''), message: "Stopped with strategy 'Stop'" });
  const remedy = async (run: Partial<Run>) => {
    const decision = await decided(run);
    return decision.kind === 'raise' ? decision.alarm.cause.remedy : decision.kind;
  };

  it('names the cause, and not what follows from it', async () => {
    const missing = failedNode('submit-evidence', 'File cannot be read: --artifacts=/io/in/artifacts.json; ENOENT');
    const cause = failedNode('jfrog-lookup', 'Artifactory refused: POST answered 401; check the credentials');
    expect(await remedy({ ...nodes(missing, cause), ...nothingLooked })).toBe(
      `jfrog-lookup: Artifactory refused: POST answered 401; check the credentials. Then: argo -n argocd retry checkout-${id}`,
    );
  });

  it.each<[string, Partial<Run>]>([
    ['a step was stopped', { ...nodes(stoppedNode('diff-images')), imageDiff: absent, ...nothingLooked }],
    ['one failed and another was stopped', nodes(failedNode('jfrog-lookup', 'no'), stoppedNode('submit-release'))],
    ['its pod was deleted', nodes({ ...failedNode('submit-release', ''), message: 'pod deleted' })],
    ['nothing says what failed', { status: 'Failed', failures: absent, ...nothingLooked }],
    ['nothing failed, and something is missing', { release: absent }],
  ])('by another Workflow where %s: Retry would run nothing', async (_, run) => {
    expect(await remedy(run)).toMatch(new RegExp(`Then: argo -n argocd resubmit checkout-${id}$`));
  });

  it('without a namespace outside a cluster', async () => {
    expect(await remedy({ ...failedAt('submit-release'), namespace: null })).toMatch(/Then: argo retry checkout-/);
  });

  it('is not, while the record owes what this run does not mention', async () => {
    const owed = recordOf(delivery('accepted'), { ...delivery('uncertain'), subject: 'of an earlier run' });
    expect(await decided({}, owed)).toMatchObject({
      kind: 'raise',
      alarm: {
        cause: {
          what: 'The record: still owes r, which this run does not mention',
          remedy: expect.stringMatching(/^aftersync explain [0-9a-f]{16} shows what. Then: argo -n argocd resubmit/),
        },
      },
    });
    expect((await decided({}, recordOf(delivery('accepted')))).kind).toBe('resolve');
    expect((await decided({}, recordOf(delivery('sending', '2026-11-20T22:10:20Z')))).kind).toBe('leave');
  });
});

describe('which operation it is, where fetch-app did not say', () => {
  const nothing = { deployment: absent, imageDiff: absent, artifacts: absent, evidence: absent, release: absent };
  const uid = '3f1c6f0e-2a57-4d5e-9d2b-6f2f7c1a9b10';
  const event = {
    schema: 'aftersync.event/v1',
    kind: 'argocd.sync-finished',
    instance: 'east',
    id: '2cea45c6c3e3d3d5',
    name: 'shop-2cea45c6c3e3d3d5',
    data: { application: 'shop', namespace: 'argocd', uid, phase: 'Failed', startedAt: '2026-11-20T09:14:58Z' },
  };
  const withId = async () => {
    const { operationId } = await import('../../../lib/events/parse-event.ts');
    const own = operationId(uid, event.data.startedAt);
    return { ...event, id: own, name: `shop-${own}` };
  };

  it('the event', async () => {
    const sent = await withId();
    expect(identityOf({ ...recorded, ...nothing }, encodeEvent(sent))).toMatchObject({
      name: sent.id,
      operation: sent.id,
      instance: 'east',
      application: { namespace: 'argocd', name: 'shop' },
    });
  });

  it.each([
    ['shop-0123456789abcdef', '0123456789abcdef', '0123456789abcdef'],
    ['shop-0123456789abcdef-r3', '0123456789abcdef', '0123456789abcdef'],
    ['shop-0123456789abcdef-nmlxh', '0123456789abcdef', '0123456789abcdef'],
    ['shop-0123456789abcdef-r3-nmlxh-x7k2p', '0123456789abcdef', '0123456789abcdef'],
    ['made-by-hand', 'made-by-hand', null],
  ])('the Workflow %s, where the event tells nothing', (workflow, name, operation) => {
    for (const text of [null, '', 'bm90IGpzb24=', encodeEvent(event)])
      expect(identityOf({ ...recorded, ...nothing, workflow }, text)).toMatchObject({
        name,
        operation,
        application: null,
      });
  });

  it('nothing', () => {
    expect(identityOf({ ...recorded, ...nothing, workflow: null }, null)).toBeNull();
    expect(identityOf({ ...recorded, ...nothing, workflow: '{{workflow.name}}' }, null)).toBeNull();
  });
});
