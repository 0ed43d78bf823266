import { readFile, writeFile } from 'node:fs/promises';
import { HttpResponse, http } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Deployment } from '../../../lib/contracts/deployment.ts';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { openLedger } from '../../../lib/ledger/open.ts';
import { createKubernetesStandIn, type KubernetesState, kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { main } from '../../../steps/fetch-app/cli.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { eventOf } from './event-of.ts';
import { applicationFixture, config } from './fixture.ts';

const network = remotes();
afterEach(() => vi.unstubAllEnvs());

const samples = new URL('../../../steps/fetch-app/samples/', import.meta.url);
const application = await applicationFixture('sync-succeeded-single-source');
const event = eventOf(application);

const given = async (files: Record<string, unknown> = {}) => {
  const space = await workspace({ 'event.json': event, 'application.yaml': application, config, ...files });
  const flags = [`--config=${space.path('config')}`, `--out=${space.path('deployment.json')}`];
  const deployment = async () => Deployment.parse(await space.json('deployment.json'));
  return { ...space, flags, deployment };
};

describe('the command line', () => {
  it('runs the sample', async () => {
    const { path, deployment } = await given();
    const { exitCode, output } = await runStep(main, [
      `--event-file=${new URL('event.json', samples).pathname}`,
      `--application=${new URL('application.yaml', samples).pathname}`,
      `--config=${new URL('config.yaml', samples).pathname}`,
      `--out=${path('deployment.json')}`,
    ]);
    expect(output).toBe('argocd/checkout 2cea45c69040757f: Succeeded, known from application, 3 resources\n');
    expect(exitCode).toBe(0);
    expect(await deployment()).toMatchObject({ chartVersion: '2.5.1', production: true, previous: { historyId: 40 } });
    expect(await readFile(path('deployment.json'), 'utf8')).not.toContain('not-for-the-record');
  });

  it('gives the same bytes when it runs twice', async () => {
    const { path, flags } = await given();
    const argv = [...flags, `--event-file=${path('event.json')}`, `--application=${path('application.yaml')}`];
    await runStep(main, argv);
    const first = await readFile(path('deployment.json'), 'utf8');
    await runStep(main, argv);
    expect(await readFile(path('deployment.json'), 'utf8')).toBe(first);
  });

  it('takes the event from base64 in a flag, and AFTERSYNC_CONFIG', async () => {
    const { path, deployment } = await given();
    vi.stubEnv('AFTERSYNC_CONFIG', path('config'));
    const { exitCode } = await runStep(main, [
      `--event=${Buffer.from(JSON.stringify(event)).toString('base64')}`,
      `--application=${path('application.yaml')}`,
      `--out=${path('deployment.json')}`,
    ]);
    expect(exitCode).toBe(0);
    expect(await deployment()).toMatchObject({ id: event.id });
  });

  it('takes base64 from a file, as it arrives in a pod', async () => {
    const { path, flags } = await given({ 'event.b64': Buffer.from(JSON.stringify(event)).toString('base64') });
    const argv = [...flags, `--event-file=${path('event.b64')}`, `--application=${path('application.yaml')}`];
    expect((await runStep(main, argv)).exitCode).toBe(0);
  });

  it.each<[string, string[], RegExp]>([
    ['no event', [], /Not one event: --event-file, --event; give exactly one/],
    ['two events', ['--event=e30=', '--event-file=event.json'], /Not one event/],
    [
      'a file that is not there',
      ['--event-file=/nowhere/event.json'],
      /cannot be read: --event-file=\/nowhere\/event.json; ENOENT/,
    ],
    [
      'a flag that does not exist',
      ['--evnet-file=event.json'],
      /unknown option '--evnet-file=event.json'; see fetch-app --help/,
    ],
  ])('refuses %s', async (_, argv, message) => {
    const { flags, files } = await given();
    const { exitCode, output } = await runStep(main, [...flags, ...argv]);
    expect(output).toMatch(message);
    expect(exitCode).toBe(2);
    expect(await files()).not.toContain('deployment.json');
  });

  it('shows an example with --help', async () => {
    const { exitCode, output } = await runStep(main, ['--help']);
    expect(exitCode).toBe(0);
    expect(output).toContain('--event-file=steps/fetch-app/samples/event.json');
  });
});

describe('the record of the operation', () => {
  const opening = async (files: Record<string, unknown> = {}) => {
    const space = await given(files);
    const inputs = [`--event-file=${space.path('event.json')}`, `--application=${space.path('application.yaml')}`];
    const run = (...more: string[]) =>
      runStep(main, [...space.flags, ...inputs, `--ledger=${space.path('records')}`, ...more]);
    const record = () => openLedger(space.path('records')).read(event.id);
    return { ...space, run, record };
  };

  it('is opened, once for a run, and is owed from then on', async () => {
    vi.stubEnv('AFTERSYNC_RUN', 'web-1');
    const { run, record, deployment } = await opening();
    expect((await run()).exitCode).toBe(0);
    await run();
    const kept = await record();
    expect(kept).toMatchObject({ runs: 1, openedBy: ['web-1'], deployment: await deployment() });
    expect(kept && summaryOf(kept).state).toBe('owed');
  });

  it('is not opened by a dry run', async () => {
    const { run, record } = await opening();
    expect((await run('--dry-run')).exitCode).toBe(0);
    expect(await record()).toBeNull();
  });

  it('is not gone on with under another configuration', async () => {
    const { run, record, path } = await opening();
    await run();
    await writeFile(path('config'), JSON.stringify({ ...config, environments: { default: 'elsewhere' } }));
    const { exitCode, output } = await run();
    expect(output).toMatch(
      /Record was opened under another configuration: \w+: targetEnvironment is \w+ there, and elsewhere now; .*kubectl delete deploymentrecord/,
    );
    expect(exitCode).toBe(1);
    expect((await record())?.runs).toBe(2);
  });

  it('tells what was known, where less is known now', async () => {
    const { run, path, deployment } = await opening();
    await run();
    const before = await deployment();
    const status = application.status as { operationState: object };
    const moved = { ...application, status: { ...status, history: [], operationState: later(status.operationState) } };
    await writeFile(path('application.yaml'), JSON.stringify(moved));
    await run();
    expect((await deployment()).operation).toEqual({ ...before.operation, current: false });
  });
});

const later = (state: object) => ({ ...state, startedAt: '2099-01-01T00:00:00Z', finishedAt: null });

describe('bad input', () => {
  const app = (change: object) => ({ ...application, ...change });
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an event that is no JSON', { 'event.json': '{"schema": ' }, /Not JSON: --event-file=\S+event.json/],
    ['an event that is no base64', { 'event.json': 'e30*' }, /Neither JSON nor base64: --event-file=/],
    ['an event of 5 MB', { 'event.json': `{"data": "${'x'.repeat(5_000_000)}"}` }, /Event is too large/],
    ['an event with a NUL', { 'event.json': eventOf(application, { message: '\0' }) }, /NUL character/],
    [
      'an event of another Argo CD',
      { 'event.json': eventOf(application, {}, { instance: '$(id)' }) },
      /Unknown Argo CD: instance \$\(id\); .*known: default/,
    ],
    ['an Application that is no YAML', { 'application.yaml': 'a: [b' }, /Neither YAML nor JSON: --application=/],
    ['two Applications', { 'application.yaml': 'a: 1\n---\nb: 2\n' }, /Not one document: --application=/],
    [
      'an empty file for the Application',
      { 'application.yaml': '' },
      /Not as documented: --application=\S+: document: /,
    ],
    ['a list of Applications', { 'application.yaml': { kind: 'List', items: [application] } }, /kind: .*"Application"/],
    [
      'an Application without uid',
      { 'application.yaml': app({ metadata: { name: 'web', namespace: 'argocd' } }) },
      /metadata\.uid: /,
    ],
    [
      'an Application with a history that is none',
      { 'application.yaml': app({ status: { history: 'long' } }) },
      /status\.history: /,
    ],
    [
      'aliases that grow without end',
      {
        'application.yaml': `a: &a [${'x,'.repeat(100)}]\nb: &b [${'*a,'.repeat(100)}]\nc: &c [${'*b,'.repeat(100)}]\nd: [${'*c,'.repeat(100)}]\n`,
      },
      /its aliases repeat more than/,
    ],
    [
      'a configuration that is none',
      { config: { schemaVersion: 'aftersync.config/v1' } },
      /--config=\S+: `environments`: /,
    ],
  ])('%s', async (_, bad, message) => {
    const { path, flags, files } = await given(bad);
    const { exitCode, output } = await runStep(main, [
      ...flags,
      `--event-file=${path('event.json')}`,
      `--application=${path('application.yaml')}`,
    ]);
    expect(output).toMatch(message);
    expect(output.trimEnd()).not.toContain('\n');
    expect(exitCode).toBe(2);
    expect(await files()).not.toContain('deployment.json');
  });
});

/** As Kubernetes takes them: up to 10 000 levels. Written as text, because JSON.stringify goes as deep as the stack. */
const deep = (levels: number) => {
  const values = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const placed = JSON.stringify(application).replaceAll('"path":"web"', '"path":"web","helm":{"valuesObject":"DEEP"}');
  return placed.replaceAll('"DEEP"', values);
};

describe('an Application whose Helm values are nested deeply', () => {
  it.each([1_500, 5_000, 9_980])('%i levels', async levels => {
    const { path, flags, deployment } = await given({ 'application.json': deep(levels) });
    const argv = [...flags, `--event-file=${path('event.json')}`, `--application=${path('application.json')}`];
    const { exitCode, output } = await runStep(main, argv);
    expect(output).toMatch(/known from application/);
    expect(exitCode).toBe(0);
    expect(await deployment()).toMatchObject({ operation: { historyId: 3 }, previous: { historyId: 2 } });
    // What differs at the very bottom differs.
    const moved = deep(levels).replace(/1(}+,"targetRevision")/, '2$1');
    await writeFile(path('application.json'), moved);
    await runStep(main, argv);
    expect((await deployment()).sourcesMoved).toBe(moved === deep(levels) ? undefined : true);
  });

  it('says so in one line where YAML is nested deeper than it is read', async () => {
    const yaml = `spec: ${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}\n`;
    const { path, flags } = await given({ 'application.yaml': yaml });
    const argv = [...flags, `--event-file=${path('event.json')}`, `--application=${path('application.yaml')}`];
    const { exitCode, output } = await runStep(main, argv);
    expect(output.trimEnd().split('\n')).toEqual([expect.stringContaining('Neither YAML nor JSON: --application=')]);
    expect(exitCode).toBe(2);
  });
});

describe('template tags and shell in every text', () => {
  /** Every text of a document, each replaced alone; a few must stay, or the operation is not the same any more. */
  function* poisoned(value: unknown, poison: string, path: string[] = []): Generator<[string, unknown]> {
    if (typeof value === 'string') yield [path.join('.'), poison];
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value))
      for (const [where, changed] of poisoned(inner, poison, [...path, key]))
        yield [
          where,
          Array.isArray(value) ? Object.assign([...value], { [key]: changed }) : { ...value, [key]: changed },
        ];
  }

  it.each(['{{workflow.name}}', '$(id)', '`id`', '../../etc/passwd', '--out=/dev/null'])(
    '%s is refused or is data',
    async poison => {
      const documents = [
        ...[...poisoned(event, poison)].map(([where, changed]) => ({
          where: `event ${where}`,
          files: { 'event.json': changed },
        })),
        ...[...poisoned(application, poison)].map(([where, changed]) => ({
          where: `application ${where}`,
          files: { 'application.yaml': changed },
        })),
      ];
      const outcomes: Record<string, number> = {};
      for (const { where, files } of documents) {
        const { path, flags, deployment } = await given(files);
        const argv = [...flags, `--event-file=${path('event.json')}`, `--application=${path('application.yaml')}`];
        const { exitCode, output } = await runStep(main, argv);
        outcomes[where] = exitCode;
        expect([0, 2], `${where}: ${output}`).toContain(exitCode);
        expect(output, where).not.toContain('{{');
        expect(output.trimEnd(), where).not.toContain('\n');
        if (exitCode !== 0) continue;
        // What identifies and addresses things later is never the poison.
        const { id, source, operation } = await deployment();
        expect([id, source.namespace, source.name, source.uid, operation.startedAt], where).toEqual([
          event.id,
          'argocd',
          'web',
          event.data.uid,
          event.data.startedAt,
        ]);
      }
      expect(outcomes).toMatchObject({
        'event id': 2,
        'event name': 2,
        'event data.application': 2,
        'event data.phase': 2,
        'event data.message': 0,
        'application metadata.uid': 2,
        'application status.operationState.phase': 2,
        'application status.operationState.message': 0,
        'application status.operationState.syncResult.resources.1.images.0': 0,
      });
    },
  );

  it('keeps them broken, so that whoever reads it need not care', async () => {
    const tagged = structuredClone(application) as { status: { operationState: { message: string } } };
    tagged.status.operationState.message = '{{workflow.name}} $(id)';
    const { path, flags, deployment } = await given({ 'application.yaml': tagged });
    await runStep(main, [...flags, `--event-file=${path('event.json')}`, `--application=${path('application.yaml')}`]);
    expect((await deployment()).operation.message).toBe('{ {workflow.name} } $(id)');
  });
});

describe('the cluster', () => {
  const held = {
    ...application,
    metadata: { name: 'web', namespace: 'argocd', uid: event.data.uid, resourceVersion: '7' },
  };
  const types = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }];

  async function run(state: Partial<KubernetesState>, behaviour?: Behaviour) {
    const standIn = createKubernetesStandIn({ objects: [], types, ...state }, behaviour);
    network.use(standIn);
    const space = await given({ kubeconfig: kubeconfigFor('http://kubernetes.test:6443') });
    vi.stubEnv('KUBECONFIG', space.path('kubeconfig'));
    return {
      ...space,
      standIn,
      ...(await runStep(main, [...space.flags, `--event-file=${space.path('event.json')}`])),
    };
  }
  const objects = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...held }] as KubernetesState['objects'];

  it('is not needed where the Application is gone, or was made anew, and an earlier run has recorded the operation', async () => {
    const { path, flags, deployment } = await given();
    await runStep(main, [...flags, `--event-file=${path('event.json')}`, `--application=${path('application.yaml')}`]);
    const first = await deployment();
    const change = { type: 'open', at: first.operation.startedAt, run: 'web-1', deployment: first } as const;
    await openLedger(path('ledger')).apply(first.id, [change]);
    vi.stubEnv('AFTERSYNC_LEDGER', path('ledger'));
    const anew = {
      ...objects[0],
      metadata: { ...held.metadata, uid: 'another' },
    } as KubernetesState['objects'][number];
    for (const kept of [[], [anew]]) {
      const { exitCode, deployment: again } = await run({ objects: kept });
      expect(exitCode).toBe(0);
      expect(await again()).toEqual({ ...first, operation: { ...first.operation, current: false } });
    }
  });

  const told = (reason: string, time: string, note: string, over: object = {}) => ({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `web.${time}`, namespace: 'argocd', creationTimestamp: time },
    regarding: { kind: 'Application', uid: event.data.uid },
    deprecatedFirstTimestamp: time,
    deprecatedSource: { component: 'argocd-application-controller' },
    reason,
    note,
    ...over,
  });
  const { startedAt, finishedAt } = { startedAt: '2026-11-13T09:00:00Z', finishedAt: '2026-11-13T09:00:04Z' };
  const ended = told('OperationCompleted', finishedAt, `Sync operation to ${'c1'.repeat(20)} succeeded`);
  const asked = told('OperationStarted', startedAt, 'bob initiated sync to main', {
    metadata: { name: 'asked', namespace: 'argocd', creationTimestamp: startedAt, annotations: { user: 'bob' } },
    deprecatedSource: { component: 'argocd-server' },
  });
  const eventType = { apiVersion: 'events.k8s.io/v1', kind: 'Event' };

  it.each<[string, Partial<KubernetesState>, object]>([
    [
      'is gone, and Kubernetes Events still tell of the operation',
      { objects: [ended, asked] },
      { knownFrom: 'events', unconfirmedBecause: null, phase: 'Succeeded' },
    ],
    [
      'is gone, and nothing tells of it',
      { types: [...types, eventType] },
      { knownFrom: 'event', unconfirmedBecause: expect.stringContaining('tell of such an operation') },
    ],
    [
      'is gone, and somebody else wrote the Event',
      { objects: [{ ...ended, deprecatedSource: { component: 'a-friend' } }] },
      { knownFrom: 'event' },
    ],
    [
      'is gone, and Events may not be read',
      { objects: [ended], forbidden: [{ kind: 'Event', namespace: 'argocd' }] },
      { knownFrom: 'event', unconfirmedBecause: expect.stringMatching(/Event in argocd \(403\)/) },
    ],
  ])('is not needed where the Application %s', async (_, state, expected) => {
    const { exitCode, output, deployment } = await run({ types: [...types, eventType], ...state });
    expect(output).toMatch(/: Succeeded, (known from events|unconfirmed: )/);
    expect(exitCode).toBe(0);
    const { operation, initiator, destination } = await deployment();
    expect(operation).toMatchObject({ ...expected, current: false, applicationDeleting: true, startedAt, finishedAt });
    expect(initiator.name).toBe(operation.knownFrom === 'events' ? 'bob' : 'ada');
    expect(destination).toMatchObject({ namespace: 'shop', inCluster: true });
  });

  it('may hold an Application that is nested as deeply as Kubernetes takes it', async () => {
    const kinds = [
      { name: 'applications', singularName: 'application', namespaced: true, kind: 'Application', verbs: ['get'] },
    ];
    const discovery = {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: 'argoproj.io/v1alpha1',
      resources: kinds,
    };
    const json = { headers: { 'content-type': 'application/json' } };
    network.use({
      handlers: [
        http.get('*/apis/argoproj.io/v1alpha1', () => HttpResponse.json(discovery)),
        http.get('*/applications/web', () => new HttpResponse(deep(9_980), json)),
      ],
    });
    const space = await given({ kubeconfig: kubeconfigFor('http://kubernetes.test:6443') });
    vi.stubEnv('KUBECONFIG', space.path('kubeconfig'));
    const { exitCode, output } = await runStep(main, [...space.flags, `--event-file=${space.path('event.json')}`]);
    expect(output).toMatch(/known from application/);
    expect(exitCode).toBe(0);
    expect((await space.deployment()).operation.historyId).toBe(3);
  });

  it('gives what the file would', async () => {
    const { exitCode, deployment, standIn, path, flags } = await run({ objects });
    expect(exitCode).toBe(0);
    const fromCluster = await deployment();
    await runStep(main, [...flags, `--event-file=${path('event.json')}`, `--application=${path('application.yaml')}`]);
    expect(fromCluster).toEqual(await deployment());
    expect(standIn.received.map(request => request.path)).toEqual([
      '/apis/argoproj.io/v1alpha1',
      '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/web',
    ]);
  });

  it.each<[string, Partial<KubernetesState>, Behaviour, number, RegExp]>([
    [
      'may not be read',
      { objects, forbidden: [{ kind: 'Application', namespace: 'argocd' }] },
      {},
      2,
      /Kubernetes refused: Application argocd\/web \(403\)/,
    ],
    ['is of a type that the cluster lacks', { types: [] }, {}, 2, /No such resource type: Application argocd\/web/],
    [
      'cannot be read now',
      { objects },
      { mishaps: [{ path: 'applications', times: 1, status: 503 }] },
      75,
      /Kubernetes does not answer/,
    ],
    [
      'is behind a lost connection',
      { objects },
      { mishaps: [{ path: '', times: 1, drop: 'before' }] },
      75,
      /Kubernetes does not answer/,
    ],
    [
      'is not as documented',
      { objects: objects.map(object => ({ ...object, spec: 7 })) },
      {},
      2,
      /Not as documented: Application argocd\/web: spec: /,
    ],
  ])('says so where the Application %s', async (_, state, behaviour, expected, message) => {
    const { exitCode, output, files } = await run(state, behaviour);
    expect(output).toMatch(message);
    expect(exitCode).toBe(expected);
    expect(await files()).not.toContain('deployment.json');
  });
});
