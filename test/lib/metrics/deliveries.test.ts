import { describe, expect, it } from 'vitest';
import type { Delivery, DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { deliveryMetrics } from '../../../lib/metrics/deliveries.ts';
import { deploymentOf } from '../../support/deployment.ts';

const FINISHED = '2026-11-20T10:00:10Z';
const BEGAN = '2026-11-20T10:01:00.000Z';

function record(deliveries: [Delivery['state'], string, Delivery['step']?][], finishedAt: string | null = FINISHED) {
  const deployment = deploymentOf('0123456789abcdef');
  return {
    deployment: { ...deployment, operation: { ...deployment.operation, finishedAt } },
    deliveries: deliveries.map(([state, updatedAt, step = 'submit-evidence']) => ({ step, state, updatedAt })),
  } as DeploymentRecord;
}
const measured = (of: DeploymentRecord) => deliveryMetrics(of, 'submit-evidence', BEGAN);
const NOTHING = { environment: 'staging', accepted: 0, duplicate: 0, rejected: 0, lag: '' };

describe('deliveryMetrics', () => {
  it.each<[string, ReturnType<typeof record>, object]>([
    ['nothing', record([]), {}],
    ['what this attempt sent', record([['accepted', '2026-11-20T10:01:02.500Z']]), { accepted: 1, lag: 52.5 }],
    ['what changed at the moment it began', record([['accepted', BEGAN]]), { accepted: 1, lag: 50 }],
    ['not what an earlier attempt sent', record([['accepted', '2026-11-20T10:00:59.999Z']]), {}],
    ['not what another step sent', record([['accepted', BEGAN, 'submit-release']]), {}],
    [
      'each outcome, and the lag of the last one recorded',
      record([
        ['accepted', '2026-11-20T10:01:01Z'],
        ['accepted', '2026-11-20T10:01:03Z'],
        ['duplicate', '2026-11-20T10:01:04Z'],
        ['rejected', '2026-11-20T10:01:05Z'],
        ['planned', '2026-11-20T10:01:06Z'],
      ]),
      { accepted: 2, duplicate: 1, rejected: 1, lag: 54 },
    ],
    ['no lag of what was refused', record([['rejected', BEGAN]]), { rejected: 1 }],
    ['no lag from an end that nobody knows', record([['accepted', BEGAN]], null), { accepted: 1 }],
    ['no lag below zero', record([['accepted', BEGAN]], '2026-11-20T10:01:30Z'), { accepted: 1, lag: 0 }],
  ])('counts %s', (_, of, expected) => {
    expect(measured(of)).toEqual({ ...NOTHING, ...expected });
  });
});
