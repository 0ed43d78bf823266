import { describe, expect, it } from 'vitest';
import { EvidenceOutcome } from '../../../lib/contracts/evidence-receipts.ts';
import { ReleaseReceipt } from '../../../lib/contracts/release-receipt.ts';
import { gapsOf } from '../../../lib/run/gaps.ts';
import { ofOneOperation, type Part, type Run, valueIn } from '../../../lib/run/run.ts';
import { verdictOf } from '../../../steps/report/verdict.ts';
import { absent, read, runOf, sampleRun } from '../../support/sample-run.ts';

const failed = (
  step: string,
): Part<
  | never[]
  | { displayName: string; message: string; templateName: string; phase: string; podName: string; finishedAt: string }[]
> =>
  read([
    {
      displayName: step,
      message: 'main: Error (exit code 1): no',
      templateName: step,
      phase: 'Failed',
      podName: '',
      finishedAt: '',
    },
  ]);

async function run(change: (sample: Awaited<ReturnType<typeof sampleRun>>) => void = () => {}): Promise<Run> {
  const sample = await sampleRun();
  change(sample);
  return runOf(sample, 'checkout-1');
}

const judge = (given: Run) => {
  const { gaps, failed } = gapsOf(given);
  return { gaps: gaps.map(({ subject, problem }) => `${subject} ${problem}`), ...verdictOf(given, gaps, failed) };
};

describe('a run that recorded everything', () => {
  it('is not called incomplete because a step was stopped after that', async () => {
    const stopped = { displayName: 'diff-images', message: "Stopped with strategy 'Terminate'" };
    const node = { ...stopped, templateName: '', phase: 'Failed', podName: '', finishedAt: '' };
    const whole = { ...(await run()), status: 'Failed', failures: read([node]) };
    expect(judge(whole)).toMatchObject({ gaps: [], kind: 'recorded', title: 'Everything is recorded' });
    expect(judge({ ...whole, release: absent })).toMatchObject({ kind: 'missing' });
    expect(judge({ ...whole, evidence: absent })).toMatchObject({ kind: 'missing' });
    const { failed } = gapsOf({ ...whole, failures: read([{ ...node, message: 'Error (exit code 1): x' }]) });
    expect(failed).toHaveLength(1);
    expect(judge({ ...whole, failures: read([{ ...node, message: 'Error (exit code 1): x' }]) }).kind).toBe('missing');
  });

  it('has no gap and says the numbers', async () => {
    expect(judge(await run())).toEqual({
      gaps: [],
      kind: 'recorded',
      title: 'Everything is recorded',
      sentences: ['3 of 3 artifacts are recorded.', 'The release event of CHG0042317 is recorded.'],
    });
  });

  it('still says what may be in the store twice', async () => {
    const twice = await run(({ evidence: { receipts } }) => {
      if (receipts[0]) receipts[0].possibleDuplicate = true;
    });
    expect(judge(twice).sentences).toContain('1 record may be in the store twice.');
  });
});

describe('evidence', () => {
  it.each(EvidenceOutcome.options.map(outcome => [outcome, ['rejected', 'quarantined', 'pending'].includes(outcome)]))(
    'that is %s is missing: %s',
    async (outcome, missing) => {
      const given = await run(({ evidence: { receipts } }) => {
        if (receipts[0]) Object.assign(receipts[0], { outcome, detail: 'mend this' });
      });
      const { gaps } = gapsOf(given);
      expect(gaps.map(gap => [gap.subject, gap.remedy])).toEqual(
        missing ? [['registry.example.com/retail/checkout-api:2.41.0', 'mend this']] : [],
      );
    },
  );

  it('without a receipt is missing, unless the image is not ours', async () => {
    const given = await run(({ evidence }) => {
      evidence.receipts = evidence.receipts.slice(0, 2);
    });
    expect(judge(given).gaps).toEqual(['registry.example.com/retail/checkout-web:5.3.1 has no receipt']);
  });

  it.each([
    [
      'fetch-app',
      { deployment: absent, imageDiff: absent, artifacts: absent },
      'The sync could not be read, this run recorded nothing',
    ],
    ['diff-images', { imageDiff: absent, artifacts: absent }, 'Images not known, this run recorded nothing'],
    ['jfrog-lookup', { artifacts: absent }, 'Evidence of 4 images not submitted'],
    ['submit-evidence', {}, 'Evidence of 4 images not submitted'],
  ])('is missing as a whole where %s failed', async (step, parts, gap) => {
    const given: Run = { ...(await run()), ...parts, evidence: absent, status: 'Failed', failures: failed(step) };
    expect(judge(given).gaps[0]).toBe(gap);
    expect(gapsOf(given).gaps[0]?.remedy).toBe(`${step} failed. What it said stands below.`);
    expect(judge(given).kind).toBe('missing');
  });
});

describe('a release event', () => {
  it.each(
    ReleaseReceipt.shape.outcome.options.map(outcome => [
      outcome,
      !(outcome === 'accepted' || outcome === 'duplicate' || outcome.startsWith('skipped-')),
    ]),
  )('that is %s is missing: %s', async (outcome, missing) => {
    const given = await run(({ release }) => Object.assign(release, { outcome }));
    expect(judge(given).gaps.some(gap => gap.startsWith('Release event'))).toBe(missing);
  });

  it.each([
    ['in production', {}, ['Release event not sent']],
    ['outside production', { production: false }, []],
    ['of a failed sync', { eventStatus: 'FAILED' }, []],
    ['of a sync that deployed nothing', { disposition: 'skip' }, []],
  ])('that nothing was said of, %s', async (_, change, gaps) => {
    const given = await run(({ deployment }) => Object.assign(deployment, change));
    expect(judge({ ...given, release: absent }).gaps).toEqual(gaps);
  });

  it.each([
    ['whose images are all unchanged', undefined, []],
    ['whose images nobody knows', 'nobody looked', ['Release event not sent']],
  ])('that nothing was said of, of a sync %s', async (_, unknown, gaps) => {
    const given = await run(({ evidence }) => {
      evidence.receipts = [];
    });
    const artifacts = read({
      schemaVersion: 'aftersync.artifact-set/v1' as const,
      deploymentId: valueIn(given.deployment)?.id ?? '',
      artifacts: [],
      unchanged: [],
      ...(unknown !== undefined && { unknown }),
    });
    expect(judge({ ...given, artifacts, release: absent }).gaps).toEqual(gaps);
  });
});

describe('other endings', () => {
  it('is nothing to record where no image changed', async () => {
    const given = await run(({ imageDiff, evidence, release }) => {
      for (const image of imageDiff.images) image.change = 'unchanged';
      evidence.receipts = [];
      release.outcome = 'skipped-nothing-deployed';
    });
    const artifacts = read({
      schemaVersion: 'aftersync.artifact-set/v1' as const,
      deploymentId: 'x',
      artifacts: [],
      unchanged: [],
    });
    expect(judge({ ...given, artifacts })).toMatchObject({ kind: 'nothing-owed', sentences: ['No image changed.'] });
  });

  it.each([
    [
      'is unknown where the operation could not be read',
      'record',
      true,
      ['operation'],
      ['Images not known, so no evidence of them'],
    ],
    ['is nothing to record where somebody looked', 'record', true, ['pods'], []],
    ['is nothing to record where renderings were looked at in place of a list', 'record', false, [], []],
    ['is nothing to record where nothing was deployed', 'skip', false, ['operation'], []],
  ] as const)('of a sync without images %s', async (_, disposition, resourcesKnown, unread, gaps) => {
    const given = await run(({ deployment, imageDiff, artifacts, evidence, release }) => {
      Object.assign(deployment, { disposition, resourcesKnown });
      imageDiff.images = [];
      imageDiff.notLookedAt = unread.map(what => ({ what, where: 'x', why: 'y' }));
      artifacts.artifacts = [];
      evidence.receipts = [];
      release.outcome = 'skipped-nothing-deployed';
    });
    expect(judge(given)).toMatchObject({ gaps, kind: gaps.length > 0 ? 'missing' : 'nothing-owed' });
  });

  it('is not everything where a right was missing, and says the command', async () => {
    const remedy = 'kubectl -n shop create rolebinding aftersync-diff-images';
    const given = await run(({ imageDiff }) => {
      const right = { where: 'Deployment in shop', why: 'refused', remedy };
      imageDiff.notLookedAt = [
        { what: 'init-containers', ...right },
        { what: 'pods', ...right },
      ];
    });
    expect(judge(given)).toMatchObject({
      kind: 'missing',
      gaps: [expect.stringMatching(/^Deployment in shop may not/)],
    });
    expect(gapsOf(given).gaps).toMatchObject([{ remedy }]);
  });

  it('says of an image that the cluster contradicts that it is held back for that', async () => {
    const given = await run(({ artifacts, evidence }) => {
      const [first] = evidence.receipts;
      if (first === undefined) throw new Error('no receipt');
      Object.assign(first, { outcome: 'quarantined', detail: 'X synced A, the cluster runs B' });
      for (const { image } of artifacts.artifacts)
        if (image.reference === first.reference)
          image.workloads = image.workloads.map(workload => ({ ...workload, runsInstead: ['b'] }));
    });
    expect(gapsOf(given).gaps[0]).toMatchObject({
      problem: 'held back, the cluster runs another image',
      remedy: 'X synced A, the cluster runs B',
    });
  });

  it('is a dry run where nothing was sent on purpose', async () => {
    const given = await run(({ evidence, release }) => {
      evidence.dryRun = release.dryRun = true;
      for (const receipt of evidence.receipts) receipt.outcome = 'pending';
      release.outcome = 'pending';
    });
    expect(judge(given)).toMatchObject({
      gaps: [],
      kind: 'dry-run',
      sentences: ['A real run would send the evidence of 4 artifacts.'],
    });
  });

  it('is missing something where the run failed and nobody says why', async () => {
    expect(judge({ ...(await run()), status: 'Error' }).gaps).toEqual(['checkout-1 failed, and no step said why']);
  });

  it('takes out what belongs to another operation', async () => {
    const given = ofOneOperation(
      await run(({ evidence }) => Object.assign(evidence, { deploymentId: '0000000000000000' })),
    );
    expect(judge(given).gaps).toEqual(['evidence.json cannot be read, so this page does not show it']);
  });
});
