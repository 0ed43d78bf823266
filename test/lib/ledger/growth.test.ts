import { describe, expect, it } from 'vitest';
import { describeGrowth, growthOf } from '../../../lib/ledger/growth.ts';

const AT = '2026-11-21T12:00:00Z';
const record = (createdAt: string, application = 'default/a') => ({ application, createdAt });

describe('growth of the ledger', () => {
  it('counts records, applications, and what a day brings', () => {
    const old = ['2026-08-01T00:00:00Z', '2026-09-01T00:00:00Z'].map(time => record(time));
    const lately = Array.from({ length: 14 }, (_, hour) =>
      record(`2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`, 'default/b'),
    );
    expect(growthOf([...lately, ...old], AT)).toEqual({
      records: 16,
      applications: 2,
      perDay: 2,
      oldest: '2026-08-01T00:00:00.000Z',
    });
  });

  it('of a ledger that is two days old is an average of two days', () => {
    const records = ['2026-11-19T12:00:00Z', '2026-11-20T12:00:00Z', '2026-11-21T11:00:00Z', '2026-11-21T11:30:00Z'];
    expect(
      growthOf(
        records.map(time => record(time)),
        AT,
      ).perDay,
    ).toBe(2);
  });

  it('of an empty ledger is nothing', () => {
    expect(growthOf([], AT)).toEqual({ records: 0, applications: 0, perDay: 0, oldest: null });
    expect(describeGrowth(growthOf([], AT))).toBe('no records in the cluster');
  });

  it('is said in one line', () => {
    expect(describeGrowth(growthOf([record('2026-11-20T12:00:00Z')], AT))).toBe(
      '1 record of 1 application in the cluster, 1 a day lately, the oldest from 2026-11-20',
    );
  });
});
