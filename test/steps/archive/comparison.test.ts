import { describe, expect, it } from 'vitest';
import type { DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { createComparison } from '../../../steps/archive/comparison.ts';
import { previousImages } from '../../../steps/diff-images/previous-images.ts';
import { anImage } from '../../support/evidence.ts';
import { oldRecord, type Wanted } from '../../support/old-records.ts';

let day = 28;
const of = (
  workloads: string[],
  operation: Partial<DeploymentRecord['deployment']['operation']> = {},
  more: Partial<Wanted> = {},
) => {
  day -= 1;
  const startedAt = `2026-09-${String(day).padStart(2, '0')}T10:00:00Z`;
  const record = oldRecord({ id: String(day).padStart(16, '0'), startedAt, workloads, ...more });
  const { deployment } = record;
  return { ...record, deployment: { ...deployment, operation: { ...deployment.operation, ...operation } } };
};

/** Which of the records, the newest first, the next sync is compared with. */
function needed(records: readonly DeploymentRecord[]): boolean[] {
  const comparison = createComparison();
  return records.map(record => comparison.needs(record));
}

const partial = { partial: true };
const selfHeal = { selfHeal: true };

describe('the records that the next sync is compared with', () => {
  it.each<[what: string, records: () => DeploymentRecord[], needs: boolean[]]>([
    [
      'the newest, where it brought everything',
      () => [of(['api', 'web']), of(['api', 'web']), of(['api', 'old'])],
      [true, false, false],
    ],
    [
      'also the one that brought the rest',
      () => [of(['api'], partial), of(['api', 'web']), of(['api', 'web'])],
      [true, true, false],
    ],
    [
      'of two that brought the same part, the newer',
      () => [of(['api'], selfHeal), of(['api'], selfHeal), of(['api', 'web'])],
      [true, false, true],
    ],
    [
      'not a failed one that applied nothing',
      () => {
        const failed = of(['api', 'web']);
        const resources = failed.deployment.resources.map(one => ({ ...one, status: 'SyncFailed' as const }));
        return [
          { ...failed, deployment: { ...failed.deployment, eventStatus: 'FAILED', resources } },
          of(['api', 'web']),
        ];
      },
      [false, true],
    ],
    [
      'an older one, where the newest names workloads of which it knows no image',
      () => {
        const changedOnly = of(['api', 'web']);
        return [{ ...changedOnly, images: changedOnly.images.slice(0, 1) }, of(['api', 'web'])];
      },
      [true, true],
    ],
    [
      'no older one for the sake of a hook',
      () => {
        const hook = (name: string) => {
          const image = anImage(name);
          return { ...image, workloads: image.workloads.map(one => ({ ...one, kind: 'Job', hookType: 'PreSync' })) };
        };
        return [1, 2, 3].map(run => of([], partial, { images: [anImage('api'), hook(`migrate-${run}`)] }));
      },
      [true, false, false],
    ],
    [
      'one of unknown images ends nothing',
      () => [{ ...of(['api']), artifacts: 'unknown' }, of(['api', 'web'])],
      [true, true],
    ],
    [
      'a skipped one ends nothing',
      () => [of([], {}, { deployment: { disposition: 'skip' } }), of(['api'])],
      [false, true],
    ],
  ])('%s', (_, records, needs) => {
    expect(needed(records())).toEqual(needs);
  });

  it('say the same of every workload of the last whole sync as all records together', () => {
    const all = [
      of(['api'], partial),
      of(['web'], selfHeal),
      of(['api'], partial),
      of(['api', 'web', 'job']),
      of(['api', 'web', 'job', 'gone']),
    ];
    const needs = needed(all);
    const kept = all.filter((_, index) => needs[index]);
    expect(kept).toHaveLength(3);
    for (const name of ['api', 'web', 'job']) {
      const workload = { group: 'apps', kind: 'Deployment', namespace: 'shop', name };
      expect(previousImages(kept, null).of(workload)).toEqual(previousImages(all, null).of(workload));
      expect(previousImages(kept, null).of(workload)).not.toBeNull();
    }
  });
});
