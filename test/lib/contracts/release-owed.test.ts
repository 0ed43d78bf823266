import { expect, test } from 'vitest';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { whyNoRelease } from '../../../lib/contracts/release-owed.ts';
import { deploymentOf } from '../../support/deployment.ts';

const production = { ...deploymentOf('5f2d8c0a1b3e4976'), production: true };

test.each([
  ['in production', production, 2, null],
  ['in production, of artifacts that nobody knows yet', production, null, null],
  ['in production, where every image is unchanged', production, 0, 'skipped-nothing-deployed'],
  ['outside production', { ...production, production: false }, 2, 'skipped-not-production'],
  ['that failed', { ...production, eventStatus: 'FAILED' as const }, 2, 'skipped-failed-sync'],
  ['that deployed nothing', { ...production, disposition: 'skip' as const }, null, 'skipped-nothing-deployed'],
])('a sync %s', (_, deployment, artifacts, expected) => {
  expect(whyNoRelease(deployment, artifacts)?.outcome ?? null).toBe(expected);
});

test('a record without evidence of its own owes no release event', () => {
  const record = {
    ...({ schemaVersion: 'aftersync.deployment-record/v1', id: production.id, deployment: production } as const),
    ...({ images: [], artifacts: 'known', deliveries: [], runs: 1 } as const),
  };
  expect(summaryOf({ ...record, images: [], deliveries: [] }).state).toBe('complete');
});
