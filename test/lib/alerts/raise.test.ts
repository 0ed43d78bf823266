import { beforeEach, describe, expect, it } from 'vitest';
import { openDirectoryAlerts } from '../../../lib/alerts/directory.ts';
import { createKubernetesAlerts } from '../../../lib/alerts/kubernetes.ts';
import { raise, resolve, tellAgain } from '../../../lib/alerts/raise.ts';
import type { AlertStore } from '../../../lib/alerts/store.ts';
import { createCustomObjectsStandIn } from '../../../local/standins/custom-objects.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { CHANNELS, cause, receivers, standIn } from '../../support/alerts.ts';
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
