import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ObjectPages } from '../../../lib/clients/object-pages.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { Deployment } from '../../../lib/contracts/deployment.ts';
import { currentEvent, EventApplication, historyEvent } from '../../../lib/events/application-operation.ts';
import { parseEvent } from '../../../lib/events/parse-event.ts';
import { syncFinished } from '../../../lib/events/sync-finished.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { refused, transient } from '../../../lib/runtime/failure.ts';
import { Application } from '../../../steps/fetch-app/application.ts';
import { fetchApp } from '../../../steps/fetch-app/step.ts';
import { eventFor } from '../../../steps/reconcile/event.ts';
import { type ReconcileClients, reconcile } from '../../../steps/reconcile/step.ts';
import { planEvidence } from '../../../steps/submit-evidence/plan.ts';
import { anArtifact, artifactSetOf } from '../../support/evidence.ts';
import { knowing } from '../fetch-app/knowing.ts';
import { completed, operation, subject, UID } from './situation.ts';

const config = Configuration.parse(parse(readFileSync('steps/reconcile/samples/config.yaml', 'utf8')));
const document = parse(readFileSync('test/fixtures/applications/moved-on.yaml', 'utf8'));
const application = EventApplication.parse(document);
const LAST = '2026-11-14T10:00:00Z';
const PAST = '2026-11-13T09:00:00Z';

const deploymentFrom = async (data: Parameters<typeof syncFinished>[0], of: unknown) => {
  const event = parseEvent(syncFinished(data).event, 'event');
  return Deployment.parse(await fetchApp({ event, config }, knowing({ application: Application.parse(of) })));
};

describe('eventFor', () => {
  const deployment = (startedAt: string) =>
    deploymentFrom({ ...(historyEvent(application, startedAt) ?? never()) }, document);

  it('is the notification while the operation is the last one, also where a record is there', async () => {
    const at = operation(LAST);
    expect(eventFor(at, application, null)).toEqual(currentEvent(application));
    expect(eventFor(at, application, await deployment(LAST))).toEqual(currentEvent(application));
  });

  it('is what the record kept, then what the history says', async () => {
    const recorded = { ...(await deployment(PAST)), initiator: { name: 'grace', kind: 'user', from: '' } as const };
    expect(eventFor(operation(PAST), application, recorded)).toMatchObject({ initiatedBy: { username: 'grace' } });
    expect(eventFor(operation(PAST), null, recorded)).toMatchObject({ startedAt: PAST });
    expect(eventFor(operation(PAST), application, null)).toEqual(historyEvent(application, PAST));
  });

  it('is nothing where nobody knows it, or the Application was made anew', () => {
    const other = operation('2026-11-10T09:00:00Z');
    expect(eventFor(other, application, null)).toBeNull();
    expect(eventFor(other, null, null)).toBeNull();
    const anew = { ...application, metadata: { ...application.metadata, uid: 'another' } };
    expect(eventFor(operation(LAST), anew, null)).toBeNull();
    expect(eventFor({ ...other, completed: completed(other.startedAt) }, anew, null)).toBeNull();
  });

  it.each([
    [
      { partial: true, succeeded: true, initiatedBy: { automated: true } },
      { phase: 'Succeeded', partial: true, autoHealAttemptsCount: 1 },
    ],
    [
      { partial: true, succeeded: true, initiatedBy: { username: 'ada' } },
      { phase: 'Succeeded', autoHealAttemptsCount: 0 },
    ],
    [{ revision: '' }, { phase: 'Failed', revision: null, message: 'it failed' }],
  ])('says what Kubernetes Events said: %j', (over, expected) => {
    const lost = operation('2026-11-10T09:00:00Z', { completed: completed('2026-11-10T09:00:09Z', over) });
    expect(eventFor(lost, application, null)).toMatchObject(expected);
  });
});

describe('webhook and reconcile', () => {
  const bodies = (deployment: Deployment) =>
    planEvidence(
      deployment,
      artifactSetOf([anArtifact('api'), anArtifact('web')]),
      config.jet,
      'https://jet.example.com',
    ).map(({ body, idempotencyKey }) => ({ body, idempotencyKey }));

  it('freeze the same bodies, now and once Argo CD has moved on', async () => {
    const webhook = currentEvent(application) ?? never();
    const then = await deploymentFrom(webhook, document);
    // The fixture's entry says that nobody in particular started it.
    const history = document.status.history.map((entry: { deployStartedAt: string }) =>
      entry.deployStartedAt === LAST ? { ...entry, initiatedBy: { username: 'ada' } } : entry,
    );
    const state = {
      ...document.status.operationState,
      startedAt: '2026-11-15T10:00:00Z',
      finishedAt: '2026-11-15T10:00:04Z',
    };
    const later = { ...document, status: { ...document.status, history, operationState: state } };
    const reconciled = eventFor(operation(LAST), EventApplication.parse(later), null) ?? never();
    const now = await deploymentFrom(reconciled, later);
    expect([then.operation.knownFrom, now.operation.knownFrom]).toEqual(['application', 'history']);
    expect(now.resourcesKnown).toBe(false);
    expect(bodies(now)).toEqual(bodies(then));
  });

  it('make a record of an operation that only Events know: failed, resources not known', async () => {
    const lost = operation('2026-11-14T08:00:00Z', { completed: completed('2026-11-14T08:00:07Z') });
    const deployment = await deploymentFrom(eventFor(lost, application, null) ?? never(), document);
    expect(deployment).toMatchObject({
      id: lost.id,
      eventStatus: 'FAILED',
      resourcesKnown: false,
      operation: { knownFrom: 'event', current: false, message: 'it failed' },
    });
  });
});

describe('a run', () => {
  const pagesOf = (names: string[]): ObjectPages => {
    async function* none() {}
    return {
      async *whole({ plural }) {
        if (plural !== 'applications') return;
        yield names.map(name => ({ ...document, metadata: { ...document.metadata, name, uid: `${UID}-${name}` } }));
      },
      metadata: none,
      table: none,
    };
  };
  const input = {
    settings: config.reconcile,
    ignorable: [],
    archiveAfterDays: null,
    namespace: 'argocd',
    template: 'post-deployment-compact',
    now: '2026-11-20T12:00:00Z',
    dryRun: false,
  };
  const clients = (create: ReconcileClients['workflows']['create']): ReconcileClients => ({
    pages: pagesOf(['a', 'b']),
    workflows: { create },
    readApplication: async (_, name) => ({ ...application, metadata: { ...subject(name), uid: `${UID}-${name}` } }),
    readDeployment: async () => null,
    isComplete: async () => false,
    budget: createBudget(60),
  });

  it('goes on where one Workflow is refused, and fails at the end', async () => {
    const created: string[] = [];
    const output = await reconcile(
      input,
      clients(async ({ metadata, spec }) => {
        if (metadata.name.startsWith('a-')) throw refused('Kubernetes refuses the object', metadata.name, 'look');
        created.push(`${metadata.name.slice(0, 1)} ${spec.workflowTemplateRef.name}`);
        return true;
      }),
    );
    expect(created).toEqual(['b post-deployment-compact']);
    expect(output.outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'started']);
    expect(output.failed).toMatchObject([
      { exitCode: 1, message: expect.stringMatching(/^Kubernetes refuses the object: a-/) },
    ]);
  });

  it.each([
    ['that the cluster does not answer about', transient('Kubernetes does not answer', 'x', 'again'), 75],
    ['that is nested too deep', new RangeError('Maximum call stack size exceeded'), 2],
    ['that nobody thought of', new TypeError('x is null'), 2],
  ])('goes on where one is an Application %s', async (_, error, exitCode) => {
    const created: string[] = [];
    const { readApplication, ...others } = clients(async ({ metadata }) => {
      created.push(metadata.name.slice(0, 1));
      return true;
    });
    const output = await reconcile(input, {
      ...others,
      readApplication(namespace, name) {
        if (name === 'a') throw error;
        return readApplication(namespace, name);
      },
    });
    expect([created, output.outcomes.map(({ outcome }) => outcome)]).toEqual([['b'], ['failed', 'started']]);
    expect(output.failed).toMatchObject([{ exitCode }]);
  });

  it('leaves what its time is not enough for to the next run', async () => {
    const over = { ...clients(async () => true), budget: createBudget(0) };
    const { outcomes, counts } = await reconcile(input, over);
    expect([outcomes, counts.limit]).toEqual([[], 2]);
  });

  it('says where somebody was faster, and where Argo CD has forgotten it meanwhile', async () => {
    const there = await reconcile(
      input,
      clients(async () => false),
    );
    expect(there.outcomes.map(({ outcome }) => outcome)).toEqual(['there', 'there']);
    const gone = await reconcile(input, { ...clients(async () => true), readApplication: async () => null });
    expect(gone.outcomes.map(({ outcome }) => outcome)).toEqual(['gone', 'gone']);
    expect([there.failed, gone.failed]).toEqual([[], []]);
  });
});

function never(): never {
  throw new Error('the fixture has no such operation');
}
