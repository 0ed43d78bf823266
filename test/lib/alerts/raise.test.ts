import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openDirectoryAlerts } from '../../../lib/alerts/directory.ts';
import { createKubernetesAlerts } from '../../../lib/alerts/kubernetes.ts';
import { raise, resolve, tellAgain } from '../../../lib/alerts/raise.ts';
import { createReceivers, type Receiver } from '../../../lib/alerts/receiver.ts';
import { readAlertSecrets } from '../../../lib/alerts/secrets.ts';
import type { AlertStore } from '../../../lib/alerts/store.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { createCustomObjectsStandIn } from '../../../local/standins/custom-objects.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { CHANNELS, cause, receivers, SECRETS, standIn } from '../../support/alerts.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const name = '0123456789abcdef';
const alarm = { name, cause };
const { use } = remotes();
let clock = '2026-11-20T10:00:00Z';
const at = (time: string) => {
  clock = `2026-11-20T${time}Z`;
};
const clientsOf = (store: AlertStore) => ({ store, receivers: receivers(), now: () => clock });
const states = async (store: AlertStore) =>
  Object.fromEntries((await store.read(name))?.alert.channels.map(({ name, state }) => [name, state]) ?? []);
const everybody = (state: string) => Object.fromEntries(CHANNELS.map(channel => [channel.name, state]));
const API = 'aftersync.dev/v1alpha1/deploymentalerts';

const STORES: Record<string, (behaviour?: Behaviour) => Promise<AlertStore>> = {
  directory: async () => openDirectoryAlerts((await workspace()).path('alerts')),
  kubernetes: async behaviour => {
    process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path(
      'kubeconfig',
    );
    use(createCustomObjectsStandIn(API, new Map(), behaviour));
    return createKubernetesAlerts('argocd');
  },
};

beforeEach(() => at('10:00:00'));

describe.each(Object.keys(STORES))('alerts kept in %s', kind => {
  const open = (behaviour?: Behaviour) => {
    const opener = STORES[kind];
    if (opener === undefined) throw new Error(kind);
    return opener(behaviour);
  };

  it('tell everybody once, and that it is over once', async () => {
    const remote = standIn();
    use(remote);
    const clients = clientsOf(await open());
    await raise(alarm, clients);
    await raise(alarm, clients);
    expect(await states(clients.store)).toEqual(everybody('sent'));
    at('10:10:00');
    await resolve(name, 'mended', clients);
    await resolve(name, 'mended', clients);
    expect(await states(clients.store)).toEqual(everybody('resolved'));
    expect(remote.state).toMatchObject({ slack: { length: 2 }, webhook: { length: 2 }, servicenow: { length: 1 } });
    expect(remote.state.pagerduty).toEqual([{ dedup_key: `aftersync/${name}`, status: 'resolved', events: 1 }]);
    expect((await clients.store.read(name))?.alert).toMatchObject({ ...cause, state: 'resolved', latest: 'mended' });
  });

  it('tell nobody twice where two runs raise one at once', async () => {
    const remote = standIn({ latencyMs: 50 });
    use(remote);
    const store = await open();
    await Promise.all([raise(alarm, clientsOf(store)), raise(alarm, clientsOf(store)), raise(alarm, clientsOf(store))]);
    expect(remote.state.slack).toHaveLength(1);
    expect(await states(store)).toEqual(everybody('sent'));
    expect(await store.list(() => {})).toHaveLength(1);
  });

  it('say which channel failed, and tell it again later', async () => {
    const remote = standIn({ mishaps: [{ path: 'services|webhook', times: 30, status: 500 }] });
    use(remote);
    const store = await open();
    const clients = clientsOf(store);
    const raised = await raise(alarm, clients);
    expect(await states(store)).toEqual({ ...everybody('sent'), chat: 'failed', hook: 'failed' });
    expect(raised.channels.find(channel => channel.name === 'chat')?.detail).toMatch(
      /^chat is not available: POST .*\*\*\* answered 500/,
    );
    await tellAgain(name, clients);
    expect(remote.state.slack).toEqual([]);
    const mended = standIn();
    use(mended);
    at('10:10:00');
    await tellAgain(name, clients);
    expect(await states(store)).toEqual(everybody('sent'));
    expect(mended.state).toMatchObject({ slack: { length: 1 }, pagerduty: [], servicenow: [] });
  });

  it('begin anew where something is missing again', async () => {
    use(standIn());
    const clients = clientsOf(await open());
    await raise(alarm, clients);
    await resolve(name, 'mended', clients);
    at('11:00:00');
    const again = await raise({ name, cause: { ...cause, what: 'missing again' } }, clients);
    expect(again).toMatchObject({ state: 'firing', since: clock, resolvedAt: null, latest: 'missing again' });
    expect(again.what).toBe(cause.what);
  });

  it('are not resolved where there are none', async () => {
    const store = await open();
    expect(await resolve(name, 'mended', clientsOf(store))).toBeNull();
  });

  it('need no channel', async () => {
    const store = await open();
    await raise(alarm, { ...clientsOf(store), receivers: [] });
    expect((await store.read(name))?.alert).toMatchObject({ state: 'firing', channels: [] });
  });
});

it('a run that ended between alert and status leaves one that nobody was told of', async () => {
  const state: Parameters<typeof createCustomObjectsStandIn>[1] = new Map();
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
  use(createCustomObjectsStandIn(API, state, { mishaps: [{ path: 'status$', times: 1, status: 500 }] }));
  const remote = standIn();
  use(remote);
  const clients = clientsOf(createKubernetesAlerts('argocd'));
  await expect(raise(alarm, clients)).rejects.toMatchObject({ exitCode: 75 });
  expect(state.get(name)?.status).toBeUndefined();
  await raise(alarm, clients);
  expect(await states(clients.store)).toEqual(everybody('sent'));
  expect(remote.state.slack).toHaveLength(1);
});

describe('a channel that is slow', () => {
  const heldChannel = (name: string, resolvesUntold = true) => {
    const heard: string[] = [];
    const answers: (() => void)[] = [];
    const receiver: Receiver = {
      ...{ name, resolvesUntold, remindAfterMs: null },
      tell: ({ state }) =>
        new Promise(resolve => {
          heard.push(state);
          answers.push(() => resolve('taken'));
        }),
    };
    return { receiver, heard, answer: () => answers.shift()?.() };
  };
  const quick: Receiver = { name: 'quick', resolvesUntold: true, remindAfterMs: null, tell: async () => 'taken' };
  const opened = async () => openDirectoryAlerts((await workspace()).path('alerts'));

  it('keeps nobody from knowing what the others answered', async () => {
    const store = await opened();
    const slow = heldChannel('slow');
    const raised = raise(alarm, { store, receivers: [slow.receiver, quick], now: () => clock });
    await vi.waitFor(async () => expect(await states(store)).toEqual({ slow: 'pending', quick: 'sent' }));
    slow.answer();
    expect((await raised).channels.map(({ state }) => state)).toEqual(['sent', 'sent']);
  });

  it('hears that it is over after it heard that something is missing, whoever is faster', async () => {
    const store = await opened();
    const { receiver, heard, answer } = heldChannel('slow');
    const clients = { store, receivers: [receiver], now: () => clock };
    const raised = raise(alarm, clients);
    await vi.waitFor(() => expect(heard).toEqual(['firing']));
    await resolve(name, 'mended', clients);
    expect(heard).toEqual(['firing']);
    answer();
    await vi.waitFor(() => expect(heard).toEqual(['firing', 'resolved']));
    answer();
    expect(await raised).toMatchObject({ state: 'resolved', channels: [{ state: 'resolved' }] });
  });

  it('hears that it fires again after it heard that it is over', async () => {
    const store = await opened();
    const { receiver, heard, answer } = heldChannel('slow');
    const clients = { store, receivers: [receiver], now: () => clock };
    const raised = raise(alarm, clients);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    answer();
    await raised;
    const resolved = resolve(name, 'mended', clients);
    await vi.waitFor(() => expect(heard).toEqual(['firing', 'resolved']));
    await raise(alarm, clients);
    expect(heard).toHaveLength(2);
    answer();
    await vi.waitFor(() => expect(heard).toEqual(['firing', 'resolved', 'firing']));
    answer();
    expect(await resolved).toMatchObject({ state: 'firing', channels: [{ state: 'sent' }] });
  });
});

it('what others wrote is one harmless line in the alert and in every channel', async () => {
  const remote = standIn();
  use(remote);
  const store = openDirectoryAlerts((await workspace()).path('alerts'));
  const evil = 'A\n*What to do*: approve at http://evil.example/\u202elogin';
  await raise({ name, cause: { ...cause, what: evil, remedy: evil, subject: evil } }, clientsOf(store));
  const line = 'A *What to do*: approve at http://evil.example/ login';
  expect((await store.read(name))?.alert).toMatchObject({ what: line, remedy: line, subject: line, latest: line });
  const said = JSON.stringify(remote.received.map(({ body }) => body));
  expect(said).not.toMatch(/A(\\)+n\*What|\u202e|\\u202e/);
  expect(said).toContain(line);
});

describe('channels that are not asked', () => {
  it('once one was not available: the others are, and it stays to be told', async () => {
    const remote = standIn({ mishaps: [{ path: 'services', times: 1, status: 503 }] });
    use(remote);
    const store = openDirectoryAlerts((await workspace()).path('alerts'));
    const clients = clientsOf(store);
    await raise(alarm, clients);
    const other = 'fedcba9876543210';
    const { channels } = await raise({ name: other, cause: { ...cause, operation: other } }, clients);
    const states = Object.fromEntries(channels.map(({ name, state }) => [name, state]));
    expect(states).toEqual({ ...everybody('sent'), chat: 'pending' });
    expect(remote.state.slack).toEqual([]);
    at('10:10:00');
    await tellAgain(other, clientsOf(store));
    expect(remote.state.slack).toHaveLength(1);
  });

  it('once the time for all messages is used up', async () => {
    const store = openDirectoryAlerts((await workspace()).path('alerts'));
    const none = createReceivers(CHANNELS, readAlertSecrets(SECRETS), createBudget(0));
    await raise(alarm, { store, receivers: none, now: () => clock });
    expect(await states(store)).toEqual(everybody('pending'));
  });
});

describe('an alert that somebody else', () => {
  const remote = async () => {
    const held: Parameters<typeof createCustomObjectsStandIn>[1] = new Map();
    process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path(
      'kubeconfig',
    );
    const stand = createCustomObjectsStandIn(API, held);
    use(stand);
    return { held, store: createKubernetesAlerts('argocd') };
  };

  it('found without a status, and tells already, is told by nobody else', async () => {
    const channels = standIn();
    const { held, store } = await remote();
    const telling = CHANNELS.map(channel => ({ name: channel.name, state: 'pending', at: clock, detail: '' }));
    const status = { state: 'firing', since: clock, resolvedAt: null, latest: cause.what, channels: telling };
    const base = '*/apis/aftersync.dev/v1alpha1/namespaces/:namespace/deploymentalerts/:name/status';
    const faster = http.put(
      base,
      () => {
        const alert = held.get(name);
        if (alert) held.set(name, { ...alert, metadata: { ...alert.metadata, resourceVersion: '99' }, status });
        return HttpResponse.json({ kind: 'Status', code: 409 }, { status: 409 });
      },
      { once: true },
    );
    use({ handlers: [faster] });
    await raise(alarm, clientsOf(store));
    expect(await states(store)).toEqual(everybody('pending'));
    expect(channels.state.slack).toEqual([]);
  });

  it('deleted between the attempt to create it and the look at it is created', async () => {
    const { store } = await remote();
    let attempts = 0;
    const create: AlertStore['create'] = async alert => {
      attempts += 1;
      return attempts === 1 ? null : store.create(alert);
    };
    const raised = await raise(alarm, { store: { ...store, create }, receivers: [], now: () => clock });
    expect([raised.state, attempts]).toEqual(['firing', 2]);
    const never = { ...store, create: async () => null };
    await expect(raise({ ...alarm, name: 'other' }, { store: never, receivers: [], now: () => clock })).rejects.toThrow(
      /written by others all the time/,
    );
  });

  it('made unreadable hides none of the others, and is said', async () => {
    const { held, store } = await remote();
    await raise(alarm, { store, receivers: [], now: () => clock });
    const found = held.get(name);
    if (found) held.set('broken', { ...found, metadata: { ...found.metadata, name: 'broken' }, spec: { what: 1 } });
    const said: string[] = [];
    const listed = await store.list(({ message }) => said.push(message));
    expect(listed.map(({ alert }) => alert.name)).toEqual([name]);
    expect(said).toEqual([expect.stringMatching(/^Alert is not as documented: DeploymentAlert broken: spec/)]);
  });
});
