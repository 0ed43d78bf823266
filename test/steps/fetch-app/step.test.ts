import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { Deployment } from '../../../lib/contracts/deployment.ts';
import { parseEvent } from '../../../lib/events/parse-event.ts';
import { Application } from '../../../steps/fetch-app/application.ts';
import { fetchApp } from '../../../steps/fetch-app/step.ts';
import { eventOf } from './event-of.ts';
import { applicationFixture, config } from './fixture.ts';
import { knowing } from './knowing.ts';

type Change = (application: Application) => void;

/** The deployment that an Application of the fixtures comes to after a change. */
async function deploymentOf(situation: string, change: Change, instance = 'default') {
  const document = await applicationFixture(situation);
  const application = Application.parse(document);
  change(application);
  const event = parseEvent(JSON.stringify(eventOf(document, {}, { instance })), 'event');
  const configuration = Configuration.parse({
    ...config,
    instances: { ...config.instances, eu: config.instances.default },
  });
  return Deployment.parse(await fetchApp({ event, config: configuration }, knowing({ application })));
}

const state = (application: Application) => {
  const found = application.status?.operationState;
  if (!found) throw new Error('the fixture has no operation');
  return found;
};

describe('whether Argo CD could still render it', () => {
  const kustomized = { kustomize: { images: ['registry.example.com/shop/web:9'] } };
  it.each<[string, Record<string, unknown>, boolean | undefined]>([
    ['the same sources', {}, undefined],
    ['another branch', { targetRevision: 'release' }, undefined],
    ['another path', { path: 'other' }, true],
    ['an image that was set', kustomized, true],
  ])('%s', async (_, today, moved) => {
    const deployment = await deploymentOf('moved-on', ({ spec }) => {
      Object.assign(spec.source ?? {}, today);
    });
    expect(deployment.sourcesMoved).toBe(moved);
    expect(deployment.previous?.sourcesMoved).toBe(moved);
  });
});

describe('where the operation went', () => {
  it.each<[string, Application['spec']['destination'], string, boolean]>([
    ['this cluster by URL', { server: 'https://kubernetes.default.svc' }, 'default', true],
    ['this cluster by URL with a slash', { server: 'https://kubernetes.default.svc/' }, 'default', true],
    ['this cluster by name', { name: 'in-cluster' }, 'default', true],
    ['another cluster by URL', { server: 'https://10.0.0.1:6443', name: 'in-cluster' }, 'default', false],
    ['another cluster by name', { name: 'production-2' }, 'default', false],
    ['nowhere', {}, 'default', false],
    ['the own cluster of another Argo CD', { server: 'https://kubernetes.default.svc' }, 'eu', false],
  ])('%s', async (_, destination, instance, inCluster) => {
    const found = await deploymentOf('sync-automated', app => void Object.assign(app.spec, { destination }), instance);
    expect(found.destination.inCluster).toBe(inCluster);
  });
});

const failed: Change = app => void Object.assign(state(app), { phase: 'Failed' });

it.each<[string, string, string, boolean]>([
  ['Failed', 'Operation terminated', 'terminated', true],
  ['Failed', 'Operation terminated (retried 2 times).', 'terminated', true],
  ['Failed', 'Job said: Operation terminated', 'terminated', false],
  ['Succeeded', 'Operation terminated', 'terminated', false],
])('%s with message %j', async (phase, message, _, terminated) => {
  const { operation } = await deploymentOf('sync-succeeded-single-source', app =>
    Object.assign(state(app), { phase, message }),
  );
  expect(operation.terminated).toBe(terminated);
});

it.each<[string, string, Change, string | null]>([
  ['succeeded', 'prune-only', () => {}, 'prune-only'],
  ['failed: more was to come', 'prune-only', failed, null],
  [
    'is known from an event, which lists only what has images',
    'prune-only',
    app => {
      state(app).startedAt = '2026-11-14T09:00:00Z';
      if (app.status) app.status.history = [];
    },
    null,
  ],
  ['was a dry run', 'dry-run', failed, 'dry-run'],
])('an operation that only pruned and %s', async (_, situation, change, skipReason) => {
  const found = await deploymentOf(situation, change);
  expect(found).toMatchObject({ skipReason, disposition: skipReason === null ? 'record' : 'skip' });
});

it('cuts the message', async () => {
  const { operation } = await deploymentOf('sync-automated', app =>
    Object.assign(state(app), { message: `\n${'x'.repeat(5_000)}` }),
  );
  expect(operation.message).toBe(`${'x'.repeat(1023)}…`);
});

it.each<[string, Change, boolean]>([
  ['without a source hydrator', () => {}, false],
  ['with one', app => void Object.assign(app.spec, { sourceHydrator: { drySource: {} } }), true],
])('says whether its revisions are hydrated commits: %s', async (_, change, hydrated) => {
  expect((await deploymentOf('sync-automated', change)).hydrated).toBe(hydrated);
});
