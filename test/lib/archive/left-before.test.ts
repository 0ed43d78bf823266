import { describe, expect, it } from 'vitest';
import { leftBefore, refuseWhatLeft } from '../../../lib/archive/left-before.ts';
import { ArchiveSettings } from '../../../lib/contracts/archive-settings.ts';
import type { DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { oldRecord } from '../../support/old-records.ts';

const ID = '3f1c9a0b7d2e4f68';
const AT = '2026-11-21T00:00:00Z';
const archive = ArchiveSettings.parse({ bucket: 'records', afterDays: 10 });

describe('records that may have left the cluster', () => {
  it.each([
    [{ archive }, '2026-11-11T00:00:00.000Z'],
    [{ retention: { days: 2 } }, '2026-11-19T00:00:00.000Z'],
    [{}, null],
  ])('%j: those from before %s', (settings, before) => {
    expect(leftBefore(settings, AT)).toBe(before);
  });

  const refused = (startedAt: string, held: DeploymentRecord | null, settings: object = { archive }) =>
    refuseWhatLeft({ read: async () => held }, deploymentOf(ID, startedAt), settings, AT).then(
      () => null,
      (error: Error) => error.message,
    );

  it('are not recorded anew', async () => {
    expect(await refused('2026-11-10T00:00:00Z', null)).toMatch(
      /^Record has left the cluster: 3f1c9a0b7d2e4f68 of 2026-11-10T00:00:00Z; aftersync records show 3f1c9a0b7d2e4f68 --archive/,
    );
  });

  it.each<[string, string, DeploymentRecord | null, object]>([
    ['the operation is young', '2026-11-12T00:00:00Z', null, { archive }],
    [
      'the record is there',
      '2026-11-10T00:00:00Z',
      oldRecord({ id: ID, startedAt: '2026-11-10T00:00:00Z' }),
      { archive },
    ],
    ['no record ever leaves', '2020-01-01T00:00:00Z', null, {}],
  ])('are not meant where %s', async (_, startedAt, held, settings) => {
    expect(await refused(startedAt, held, settings)).toBeNull();
  });
});
