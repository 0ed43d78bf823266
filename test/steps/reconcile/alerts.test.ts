import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openDirectoryAlerts } from '../../../lib/alerts/directory.ts';
import { type AlertClients, raise, resolve } from '../../../lib/alerts/raise.ts';
import type { Receiver } from '../../../lib/alerts/receiver.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { badInput, transient } from '../../../lib/runtime/failure.ts';
import { type TendingClients, type TendingInput, tendAlerts } from '../../../steps/reconcile/alerts.ts';
import type { Decision } from '../../../steps/reconcile/decide.ts';
import { cause } from '../../support/alerts.ts';
import { workspace } from '../../support/run-step.ts';
import { operation } from './situation.ts';

const START = '2026-11-20T10:00:00Z';
const LATER = '2026-11-20T10:10:00Z';
let clock = START;
const ids = ['1', '2', '3', '4'].map(digit => digit.repeat(16));

const channel = (name: string, tell: Receiver['tell']): Receiver => ({
  ...{ name, resolvesUntold: true, remindAfterMs: null },
  tell,
});
/** Says which alerts it was told of. */
const listening = (name: string) => {
  const heard: string[] = [];
  const receiver = channel(name, async alert => {
    heard.push(alert.name);
    return 'taken';
  });
  return { receiver, heard };
};

async function kept(receivers: Receiver[], names = ids): Promise<AlertClients> {
  const store = openDirectoryAlerts((await workspace()).path('alerts'));
  const clients = { store, receivers, now: () => clock };
  for (const name of names) {
    const operation = ids.includes(name) ? name : null;
    await raise({ name, cause: { ...cause, operation } }, { ...clients, receivers: [] });
  }
  return clients;
}

const tend = (alerts: AlertClients, input: Partial<TendingInput> = {}, over: Partial<TendingClients> = {}) =>
  tendAlerts(
    {
      seen: { left: [], records: new Map() },
      ...{
        standing: [],
        isStanding: () => false,
        instance: 'default',
        namespace: 'argocd',
        now: clock,
        retentionDays: 14,
      },
      ...input,
    },
    {
      alerts,
      deadLetters: { list: async () => [], read: async () => null, markReplayed: async () => {} },
      deleteAlert: async () => true,
      isComplete: async () => false,
      budget: createBudget(60),
      ...over,
    },
  );

beforeEach(() => {
  clock = START;
});

describe('a run of reconcile tells', () => {
  it('every channel of every alert while one of them never answers', async () => {
    const silent: (() => void)[] = [];
    const hanging = channel('hanging', () => new Promise(resolve => silent.push(() => resolve('late'))));
    const { receiver, heard } = listening('healthy');
    const alerts = await kept([hanging, receiver]);
    clock = LATER;
    const tending = tend(alerts);
    await vi.waitFor(() => expect(heard.sort()).toEqual(ids));
    expect(silent).toHaveLength(4);
    for (const answer of silent) answer();
    expect(await tending).toMatchObject({ firing: 4, failed: [] });
  });

  it('first what nobody was told of, then what was tried longest ago', async () => {
    const { receiver, heard } = listening('chat');
    const alerts = await kept([], ids);
    const failing = channel('chat', async () => {
      throw badInput('no', 'no', 'no');
    });
    const [first = '', second = '', third = '', fourth = ''] = ids;
    for (const name of [second, first]) {
      await raise({ name, cause }, { ...alerts, receivers: [failing] });
      clock = new Date(Date.parse(clock) + 1000).toISOString();
    }
    await raise({ name: third, cause }, { ...alerts, receivers: [receiver] });
    heard.length = 0;
    clock = LATER;
    // Time for one alert a run.
    for (const _ of [1, 2, 3]) {
      let left = 1;
      const budget = { remainingMs: () => Math.max(0, left--), wait: async () => true };
      expect(await tend({ ...alerts, receivers: [receiver] }, {}, { budget })).toMatchObject({ postponed: 3 });
    }
    expect(heard).toEqual([fourth, second, first]);
  });

  it('the others where one alert cannot be kept', async () => {
    const { receiver, heard } = listening('chat');
    const alerts = await kept([receiver]);
    const read: typeof alerts.store.read = async name => {
      if (name === ids[0]) throw transient('Kubernetes does not answer', name, 'again');
      if (name === ids[1]) throw new RangeError('Maximum call stack size exceeded');
      return alerts.store.read(name);
    };
    const { failed } = await tend({ ...alerts, store: { ...alerts.store, read } });
    expect(heard.sort()).toEqual(ids.slice(2));
    expect(failed.map(({ exitCode }) => exitCode).sort()).toEqual([2, 75]);
  });
});

describe('what reconcile finds missing', () => {
  const lost = operation('2026-11-20T08:00:00Z');
  const left: Decision[] = [{ action: 'leave', operation: lost, reason: 'waiting', why: 'something is not delivered' }];
  const seen = { left, records: new Map() };

  it('is told', async () => {
    const { receiver, heard } = listening('chat');
    await tend(await kept([receiver], []), { seen });
    expect(heard).toEqual([lost.id]);
  });

  it('is not, where another run has delivered it since it was looked at', async () => {
    const { receiver, heard } = listening('chat');
    const { firing } = await tend(await kept([receiver], []), { seen }, { isComplete: async id => id === lost.id });
    expect([heard, firing]).toEqual([[], 0]);
  });
});

describe('dead letters', () => {
  const letter = (name: string) => ({ name: `aftersync-dead-letter-${name}`, at: START, replayed: false });

  it('are read once: an alert that fires says it already', async () => {
    const read = vi.fn(async (name: string) => ({ name, at: START, replayed: false, event: '{"body":{"event":"?"}}' }));
    const deadLetters = { list: async () => [letter('a'), letter('b')], read, markReplayed: async () => {} };
    const alerts = await kept([], []);
    expect(await tend(alerts, {}, { deadLetters })).toMatchObject({ deadLetters: 2, firing: 2 });
    expect(await tend(alerts, {}, { deadLetters })).toMatchObject({ deadLetters: 2, firing: 2 });
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('fire again where one is to be replayed again', async () => {
    const deadLetters = { list: async () => [letter('a')], read: async () => null, markReplayed: async () => {} };
    const alerts = await kept([], ['dead-letter-a']);
    await resolve('dead-letter-a', 'replayed', alerts);
    expect(await tend(alerts, {}, { deadLetters })).toMatchObject({ firing: 1 });
  });

  it('that cannot be listed keep nobody from hearing of the rest', async () => {
    const { receiver, heard } = listening('chat');
    const list = async () => {
      throw badInput('Kubernetes refused', 'ConfigMaps of argocd (403)', 'give the right');
    };
    const deadLetters = { list, read: async () => null, markReplayed: async () => {} };
    const alerts = await kept([receiver], [...ids, 'dead-letter-a']);
    const { failed, firing } = await tend(alerts, {}, { deadLetters });
    expect(heard.sort()).toEqual([...ids, 'dead-letter-a']);
    expect([failed.length, firing]).toEqual([1, 5]);
  });
});

describe('what is wrong beside the operations', () => {
  const standing = [{ name: 'reconcile', cause: { ...cause, operation: null } }];
  const isStanding = (name: string) => name === 'reconcile';

  it('fires while it is so, and is over then', async () => {
    const { receiver, heard } = listening('chat');
    const alerts = await kept([receiver], []);
    await tend(alerts, { standing, isStanding });
    await tend(alerts, { standing, isStanding });
    expect(heard).toEqual(['reconcile']);
    const unjudged = await tend(alerts, { isStanding: () => false, seen: null });
    expect(unjudged.firing).toBe(1);
    expect(await tend(alerts, { isStanding })).toMatchObject({ firing: 0 });
    expect(heard).toEqual(['reconcile', 'reconcile']);
  });
});
