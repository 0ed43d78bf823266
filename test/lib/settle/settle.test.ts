import { describe, expect, it } from 'vitest';
import type { Kubernetes } from '../../../lib/clients/kubernetes.ts';
import { badInput, transient } from '../../../lib/runtime/failure.ts';
import { waitUntilReconciled } from '../../../lib/settle/reconciled.ts';
import { settle } from '../../../lib/settle/settle.ts';
import { sleepingClock } from '../../support/clock.ts';

const target = (name: string) => ({ kind: 'apps/Deployment' as const, namespace: 'pay', name });
const deployment = (updatedReplicas: number) => ({
  metadata: { uid: 'u', generation: 2 },
  spec: { replicas: 2 },
  status: { observedGeneration: 2, replicas: 2, updatedReplicas, readyReplicas: 2 },
});

/** A cluster that answers each name with the next of its answers, and stays with the last. */
function cluster(answers: Record<string, unknown[]>) {
  const reads: string[] = [];
  const kubernetes: Kubernetes = {
    async read({ name }) {
      reads.push(name);
      const left = answers[name] ?? [null];
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    list: async () => null,
  };
  return { kubernetes, reads };
}

describe('settle', () => {
  it('waits for the slow one and reads what has settled only once', async () => {
    const { kubernetes, reads } = cluster({
      fast: [deployment(2)],
      slow: [deployment(0), deployment(1), deployment(2)],
    });
    const clock = sleepingClock();
    const found = await settle([target('fast'), target('slow')], { kubernetes, timeoutMs: 60_000, clock });
    expect(found.map(({ outcome }) => outcome)).toEqual(['settled', 'settled']);
    expect(reads.filter(name => name === 'fast')).toHaveLength(1);
    expect(clock.sleeps()).toBe(2);
  });

  it('gives up when the time is over, and says what it waited for', async () => {
    const { kubernetes } = cluster({ slow: [deployment(1)], fast: [deployment(2)] });
    const clock = sleepingClock();
    const found = await settle([target('slow'), target('fast')], { kubernetes, timeoutMs: 10_000, clock });
    expect(found).toMatchObject([{ outcome: 'waiting', why: '1 of 2 replicas are updated' }, { outcome: 'settled' }]);
    expect(clock.nowMs()).toBe(10_000);
  });

  it('looks once where it may not wait', async () => {
    const { kubernetes, reads } = cluster({ slow: [deployment(1)] });
    const found = await settle([target('slow')], { kubernetes, timeoutMs: 0, clock: sleepingClock() });
    expect(found).toMatchObject([{ outcome: 'waiting' }]);
    expect(reads).toHaveLength(1);
  });

  it.each([
    ['gone', null, 'it no longer exists'],
    ['unreadable', badInput('Kubernetes refused', 'Deployment pay/api (403)', 'give rights'), /Kubernetes refused/],
    ['unreadable', { metadata: 'nonsense' }, /not as Kubernetes documents/],
  ])('calls a workload %s', async (outcome, answer, why) => {
    const { kubernetes } = cluster({ api: [answer] });
    const [found] = await settle([target('api')], { kubernetes, timeoutMs: 60_000, clock: sleepingClock() });
    expect(found).toMatchObject({ outcome, why: expect.stringMatching(why) });
  });

  it('fails as transient where the cluster does not answer', async () => {
    const { kubernetes } = cluster({ api: [transient('Kubernetes does not answer', 'x', 'y')] });
    const settled = settle([target('api')], { kubernetes, timeoutMs: 1, clock: sleepingClock() });
    await expect(settled).rejects.toMatchObject({ exitCode: 75 });
  });
});

describe('waitUntilReconciled', () => {
  const finishedAt = '2026-11-20T10:00:05Z';
  const at = (reconciledAt: string) => ({ status: { reconciledAt } });

  it.each([
    ['it was compared since', '2026-11-20T10:00:05Z', [], 0, null],
    ['nobody knows when it was compared', null, [], 0, null],
    [
      'it is compared while we wait',
      '2026-11-20T10:00:04Z',
      [at('2026-11-20T10:00:04Z'), at('2026-11-20T10:00:06Z')],
      2,
      null,
    ],
    ['it may not be read', '2026-11-20T10:00:04Z', [badInput('Kubernetes refused', 'x', 'y')], 1, null],
    [
      'it is not compared in time',
      '2026-11-20T10:00:04Z',
      [at('2026-11-20T10:00:04Z')],
      5,
      expect.stringMatching(/^Argo CD has not/),
    ],
  ])('%s', async (_, reconciledAt, answers, sleeps, answer) => {
    const { kubernetes } = cluster({ shop: answers });
    const clock = sleepingClock();
    const application = { namespace: 'argocd', name: 'shop', reconciledAt, finishedAt };
    expect(await waitUntilReconciled(application, { kubernetes, timeoutMs: 10_000, clock })).toEqual(answer);
    expect(clock.sleeps()).toBe(sleeps);
  });
});
