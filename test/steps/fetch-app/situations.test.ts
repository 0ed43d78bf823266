import { describe, expect, it } from 'vitest';
import { Deployment } from '../../../lib/contracts/deployment.ts';
import { main } from '../../../steps/fetch-app/cli.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { eventOf } from './event-of.ts';
import { applicationFixture, config } from './fixture.ts';

const C = 'c1'.repeat(20);
const ada = { name: 'ada', kind: 'user', from: 'status.operationState.operation.initiatedBy.username' };
const automated = { name: 'argocd-automated-sync', kind: 'automated', from: 'evidence.automatedInitiator' };

/** The sync that the moved-on fixtures had before their present operation. */
const earlier = {
  startedAt: '2026-11-13T09:00:00Z',
  finishedAt: '2026-11-13T09:00:04Z',
  phase: 'Succeeded',
  revision: C,
  resources: [
    { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', status: 'Synced', images: ['shop/web:1.4.0'] },
  ],
};

async function run(situation: string, data?: Record<string, unknown>) {
  const application = await applicationFixture(situation);
  const files = await workspace({ 'event.json': eventOf(application, data), application, config });
  const { exitCode, output } = await runStep(main, [
    `--event-file=${files.path('event.json')}`,
    `--application=${files.path('application')}`,
    `--config=${files.path('config')}`,
    `--out=${files.path('deployment.json')}`,
  ]);
  const deployment = exitCode === 0 ? Deployment.parse(await files.json('deployment.json')) : null;
  return { exitCode, output, deployment, files: await files.files() };
}

describe('what an operation was', () => {
  it.each<[string, object, Record<string, unknown>?]>([
    [
      'sync-succeeded-single-source',
      {
        operation: {
          phase: 'Succeeded',
          historyId: 3,
          current: true,
          knownFrom: 'application',
          partial: false,
          selfHeal: false,
          dryRun: false,
          terminated: false,
          applicationDeleting: false,
        },
        disposition: 'record',
        eventStatus: 'SUCCESS',
        initiator: ada,
        targetEnvironment: 'staging',
        production: false,
        sourceUri: 'https://argocd.example.com/applications/argocd/web',
        sources: [{ path: 'web', targetRevision: 'main', revision: C }],
        chartVersion: null,
        destination: { inCluster: true, namespace: 'shop' },
        previous: { historyId: 2, revisions: ['b1'.repeat(20)] },
        rollbackOf: null,
        resources: [
          { kind: 'Service', images: [] },
          { kind: 'Deployment', status: 'Synced' },
        ],
        resourcesKnown: true,
      },
    ],
    [
      'sync-succeeded-multi-source-chart-second',
      {
        sources: [
          { ref: 'values', revision: C },
          { chart: 'web', targetRevision: '1.x', revision: '1.4.2' },
          { repoURL: 'oci://registry.example.com/manifests/extra', revision: `sha256:${'d'.repeat(64)}` },
        ],
        chartVersion: '1.4.2',
        previous: { historyId: 1, revisions: ['a1'.repeat(20), '1.4.1', `sha256:${'d'.repeat(64)}`] },
        rollbackOf: null,
      },
    ],
    ['sync-automated', { initiator: automated, operation: { selfHeal: false } }],
    [
      'sync-by-nobody-known',
      { initiator: { name: 'unknown', kind: 'unknown', from: 'evidence.unknownInitiator' }, rollbackOf: null },
    ],
    ['sync-by-applicationset', { initiator: { name: 'applicationset-controller', kind: 'automated' } }],
    ['sync-of-the-same-revision-again', { rollbackOf: null, previous: { historyId: 2 } }],
    ['sync-of-a-branch-that-went-back', { rollbackOf: null, initiator: ada }],
    ['rollback', { rollbackOf: 1, initiator: ada, previous: { historyId: 2 } }],
    ['rollback-of-a-helm-parameter', { rollbackOf: 1, previous: { historyId: 2 } }],
    ['automated-sync-of-an-older-revision', { rollbackOf: null, initiator: automated }],
    ['first-sync-ever', { previous: null, operation: { historyId: 3 } }],
    ['history-disabled', { previous: null, operation: { historyId: null }, resourcesKnown: true }],
    ['history-starts-a-second-off', { operation: { historyId: 3 }, previous: { historyId: 2 } }],
    ['partial-sync', { operation: { partial: true, selfHeal: false, historyId: null }, previous: { historyId: 2 } }],
    ['self-heal', { operation: { partial: true, selfHeal: true, historyId: null }, initiator: automated }],
    ['dry-run', { operation: { dryRun: true }, disposition: 'skip', skipReason: 'dry-run' }],
    ['prune-only', { disposition: 'skip', skipReason: 'prune-only', eventStatus: 'SUCCESS' }],
    [
      'hook-failed',
      {
        eventStatus: 'FAILED',
        resources: [{ kind: 'Service' }, { kind: 'Job', hookType: 'PreSync', status: 'SyncFailed' }],
        previous: { historyId: 2 },
      },
    ],
    [
      'sync-failed',
      { eventStatus: 'FAILED', resources: [{ status: 'Synced' }, { status: 'SyncFailed' }], resourcesKnown: true },
    ],
    [
      'error-before-anything',
      {
        operation: {
          phase: 'Error',
          finishedAt: null,
          message: 'ComparisonError: failed to generate manifests line 3: bad',
          terminated: false,
        },
        eventStatus: 'FAILED',
        sources: [{ path: 'web', revision: null }],
        resources: [],
        resourcesKnown: false,
        disposition: 'record',
      },
    ],
    ['failed-before-resources', { resources: [], resourcesKnown: false, sources: [{ revision: null }] }],
    ['terminated', { operation: { phase: 'Failed', terminated: true }, eventStatus: 'FAILED' }],
    ['deleting', { operation: { applicationDeleting: true } }],
    [
      'moved-on',
      {
        operation: { knownFrom: 'history', current: false, historyId: 3, phase: 'Succeeded' },
        sources: [{ path: 'web', revision: C }],
        initiator: { name: 'ada', from: 'status.history[].initiatedBy.username' },
        previous: { historyId: 2 },
        resources: [{ kind: 'Deployment', images: ['shop/web:1.4.0'] }],
        resourcesKnown: true,
      },
      earlier,
    ],
    [
      'moved-on',
      { operation: { knownFrom: 'history', current: false }, resources: [], resourcesKnown: false },
      { ...earlier, resourcesOmitted: true },
    ],
    [
      'moved-on',
      { operation: { knownFrom: 'history', historyId: 3 }, resourcesKnown: false },
      { ...earlier, startedAt: '2026-11-13T09:00:00.000Z', resources: [] },
    ],
    [
      'moved-on',
      { operation: { knownFrom: 'history', phase: 'Succeeded' }, eventStatus: 'SUCCESS' },
      { ...earlier, phase: 'Error' },
    ],
    [
      'moved-on-without-history',
      {
        operation: { knownFrom: 'event', current: false, historyId: null, phase: 'Failed', partial: true },
        eventStatus: 'FAILED',
        initiator: { name: 'grace', from: 'event.data.initiatedBy.username' },
        sources: [
          { chart: 'web', revision: '1.4.2' },
          { ref: 'values', revision: C },
        ],
        chartVersion: '1.4.2',
        previous: { historyId: 2 },
        resourcesKnown: true,
      },
      {
        ...earlier,
        phase: 'Failed',
        partial: true,
        initiatedBy: { username: 'grace' },
        sources: [
          { repoURL: 'https://charts.example.com', chart: 'web' },
          { repoURL: 'https://git.example.com', ref: 'values' },
        ],
        revision: '',
        revisions: ['1.4.2', C],
      },
    ],
    [
      'revisions-misaligned',
      { sources: [{ revision: null }, { chart: 'web', revision: null }, { revision: null }], chartVersion: null },
    ],
    // What an older notification template took from keys of the context that others use as well.
    ['sync-automated', { targetEnvironment: 'staging' }, { targetEnvironment: 'Production', sourceUri: 'https://x/y' }],
    // Made anew, it is another Application.
    [
      'sync-automated',
      {
        operation: { knownFrom: 'event', current: false, applicationDeleting: true, historyId: null },
        source: { uid: '1111-2222', project: 'shop' },
        destination: { namespace: 'shop', inCluster: true },
        health: null,
        labels: {},
        previous: null,
      },
      { uid: '1111-2222' },
    ],
    // The Application is the truth for the same operation, also where the event says otherwise.
    ['sync-failed', { operation: { phase: 'Failed' }, eventStatus: 'FAILED' }, { phase: 'Succeeded' }],
    ['sync-succeeded-single-source', { operation: { phase: 'Succeeded' } }, { phase: 'Error', dryRun: true }],
    ['sync-succeeded-single-source', { operation: { current: true } }, { startedAt: '2026-11-13T09:00:00.0Z' }],
  ])('%s', async (situation, expected, data) => {
    const { exitCode, output, deployment } = await run(situation, data);
    expect(output).toMatch(deployment?.operation.knownFrom === 'event' ? /unconfirmed: / : /known from/);
    expect(exitCode).toBe(0);
    expect(deployment).toMatchObject(expected);
  });

  it.each<[string, number, RegExp, Record<string, unknown>?]>([
    ['still-running', 75, /Operation is not over: .*argocd\/web: phase Running.*read again/, { phase: 'Succeeded' }],
    ['terminating', 75, /Operation is not over: .*phase Terminating/, { phase: 'Failed' }],
    ['older-than-the-event', 75, /older than the event: .*12T09:00:00Z, the event's .*13T09:00:00Z/, earlier],
    ['without-status', 75, /older than the event: .*has no operation/, earlier],
    ['unknown-phase', 2, /status.operationState.phase "Paused"; only Succeeded, Failed, Error/, { phase: 'Succeeded' }],
    ['sync-automated', 2, /Another Application: .*argocd\/other, but argocd\/web was read/, { application: 'other' }],
    [
      'sync-automated',
      2,
      /disagree: targetEnvironment: .*"production", the configuration "staging"/,
      { expected: { targetEnvironment: 'production' } },
    ],
    [
      'sync-automated',
      2,
      /disagree: sourceUri: .*"https:\/\/elsewhere", the configuration "https:\/\/argocd/,
      { expected: { sourceUri: 'https://elsewhere' } },
    ],
    ['sync-automated', 2, /Not a time: .*2026-13-45T/, { startedAt: '2026-13-45T09:00:00Z' }],
  ])('%s ends with %i', async (situation, expected, message, data) => {
    const { exitCode, output, files } = await run(situation, data);
    expect(output).toMatch(message);
    expect(output.trimEnd()).not.toContain('\n');
    expect(exitCode).toBe(expected);
    expect(files).not.toContain('deployment.json');
  });
});
