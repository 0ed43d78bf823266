import { readFileSync } from 'node:fs';
import { http } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { createWorkflows } from '../../../lib/clients/workflows.ts';
import { parseEvent } from '../../../lib/events/parse-event.ts';
import { workflowOf } from '../../../lib/workflows/post-deployment.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { main } from '../../../steps/reconcile/cli.ts';
import { standIn } from '../../support/alerts.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { metricFiles } from '../../support/metric-files.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { type ClusterState, createClusterStandIn, deepText, record } from './cluster.ts';
import { idAt } from './situation.ts';

const network = remotes();
const CONFIG = readFileSync('steps/reconcile/samples/config.yaml', 'utf8');
const IGNORING = `${CONFIG}ignore: {allowed: [argocd/*]}\n`;

beforeEach(async () => {
  const files = await workspace({ kubeconfig: kubeconfigFor('http://kubernetes.test:6443') });
  vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
  vi.stubEnv('AFTERSYNC_NAMESPACE', 'argocd');
  vi.useFakeTimers({ now: new Date('2026-11-20T12:00:00Z'), toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** Four entries of history, the last of them its last operation. */
const movedOn = parse(readFileSync('test/fixtures/applications/moved-on.yaml', 'utf8'));
const [H1, H2, H3, LAST] = ['11T09', '12T09', '13T09', '14T10'].map(day => `2026-11-${day}:00:00Z`) as [
  string,
  string,
  string,
  string,
];
const complete = (startedAt: string, over = {}) =>
  record(idAt(startedAt), {
    App: 'web',
    Phase: 'Succeeded',
    State: 'complete',
    Started: startedAt,
    Changed: startedAt,
    ...over,
  });
const name = (startedAt: string) => `web-${idAt(startedAt)}`;
const event = (reason: string, at: string, note: string, annotations = {}) => ({
  metadata: { name: `web.${at}`, creationTimestamp: at, annotations },
  regarding: { kind: 'Application', uid: movedOn.metadata.uid },
  ...{ reason, note, deprecatedFirstTimestamp: at },
  deprecatedSource: { component: 'argocd-application-controller' },
});

async function run(state: Partial<ClusterState>, flags: string[] = [], behaviour: Behaviour = {}, config = CONFIG) {
  const cluster = createClusterStandIn({ applications: [movedOn], ...state }, behaviour);
  network.use(cluster);
  const files = await workspace({ 'config.yaml': config });
  const metrics = files.path('metrics');
  const again = () => runStep(main, [`--config=${files.path('config.yaml')}`, `--metrics-out=${metrics}`, ...flags]);
  return { metrics, ...(await again()), again, cluster, workflows: cluster.state.workflows };
}
const namesOf = (workflows: ClusterState['workflows']) => workflows.map(({ metadata }) => metadata.name);
const Spec = z.object({
  arguments: z.object({ parameters: z.array(z.object({ name: z.string(), value: z.string() })) }),
});
const parameterIn = (workflow: ClusterState['workflows'][number] | undefined): string =>
  Spec.parse(workflow?.spec).arguments.parameters.find(parameter => parameter.name === 'event')?.value ?? '';
const eventIn = (workflow: ClusterState['workflows'][number] | undefined) =>
  parseEvent(parameterIn(workflow), 'event').data;

describe('reconcile', () => {
  it('starts the oldest operation without a record as the Sensor would, and says why', async () => {
    const { exitCode, output, workflows } = await run({});
    expect(exitCode).toBe(0);
    expect(namesOf(workflows)).toEqual([name(H1)]);
    expect(output).toContain(
      `${idAt(H1)} (${H1}) started ${name(H1)}: it has no record, known from the history of the Application`,
    );
    expect(output).toContain('1 Applications, 1 operations to start; 3 after-earlier; 0 dead letters');
    const data = eventIn(workflows[0]);
    expect(data).toMatchObject({ startedAt: H1, phase: 'Succeeded', resources: [], resourcesOmitted: true });
    const { metadata, ...expected } = workflowOf({ name: name(H1), event: parameterIn(workflows[0]) });
    expect(workflows[0]).toMatchObject({ ...expected, metadata });
  });

  it('has the event of the last operation from the Application', async () => {
    const { workflows, metrics } = await run({ records: [H1, H2, H3].map(at => complete(at)) });
    expect(namesOf(workflows)).toEqual([name(LAST)]);
    expect(await metricFiles(metrics)).toMatchObject({ environment: 'staging', started: '1', complete: '3' });
    expect(eventIn(workflows[0])).toMatchObject({
      startedAt: LAST,
      resourcesOmitted: false,
      initiatedBy: { username: 'ada' },
    });
  });

  it('does nothing where every record is complete, and nothing twice', async () => {
    const records = [H1, H2, H3, LAST].map(at => complete(at));
    const done = await run({ records });
    expect([done.exitCode, namesOf(done.workflows)]).toEqual([0, []]);
    expect(done.output).toContain('0 operations to start; 4 complete');
    const first = await run({});
    const second = await first.again();
    expect(namesOf(first.workflows)).toEqual([name(H1)]);
    expect(second.output).toContain('0 operations to start');
    expect(second.output).toContain('left alone (in-progress)');
  });

  it.each([
    ['of an older version, with all it counts', { State: null, Artifacts: 2, Submitted: 2 }, [name(H1)]],
    [
      'of an older version, with something missing',
      { State: '', Artifacts: 2, Submitted: 1 },
      [name(H1), `${name(H2)}-r1`],
    ],
    ['that was only created', { State: null, Runs: null, Changed: null }, [name(H1)]],
  ])('understands a record %s', async (_, cells, expected) => {
    const spec = { deployment: deploymentOf(idAt(H2), H2, movedOn.metadata.uid) };
    const records = [{ ...complete(H2, cells), spec }, complete(H3), complete(LAST)];
    const { exitCode, workflows } = await run({ records });
    expect([exitCode, namesOf(workflows)]).toEqual([0, expected]);
  });

  it('goes on where a record cannot be read, and fails at the end', async () => {
    const { exitCode, output, workflows } = await run({
      records: [complete(H2, { State: 'owed' }), complete(H3), complete(LAST)],
    });
    expect([exitCode, namesOf(workflows)]).toEqual([2, [name(H1)]]);
    expect(output).toContain(`FAILED to start ${name(H2)}-r1: Not as documented: DeploymentRecord ${idAt(H2)}`);
  });

  it('prints what it would start, and touches nothing', async () => {
    const { exitCode, output, workflows, cluster, metrics } = await run({}, ['--dry-run']);
    expect([exitCode, workflows]).toEqual([0, []]);
    expect(output).toContain(`would start ${name(H1)}: it has no record`);
    expect(cluster.received.map(({ method }) => method)).not.toContain('POST');
    expect(cluster.received.map(({ path }) => path).join()).not.toContain('deploymentalerts');
    await expect(metricFiles(metrics)).rejects.toThrow('ENOENT');
  });

  it('names the Workflows for a script', async () => {
    const { output } = await run({}, ['--dry-run', '-o', 'name']);
    expect(output).toBe(`workflow.argoproj.io/${name(H1)}\n`);
  });

  it('prints the same for a program', async () => {
    const { output } = await run({}, ['--dry-run', '-o', 'json']);
    expect(JSON.parse(output)).toMatchObject({
      applications: 1,
      starts: [
        {
          id: idAt(H1),
          application: 'argocd/web',
          action: 'start',
          workflow: name(H1),
          outcome: 'planned',
          from: 'history',
        },
      ],
      counts: { 'after-earlier': 3 },
      alerts: null,
    });
  });

  it('leaves what is older than the configured date, and what is not in scope', async () => {
    const since = CONFIG.replace('2026-11-01', '2026-11-13T10:00:00Z');
    const dated = await run({}, [], {}, since);
    expect(namesOf(dated.workflows)).toEqual([name(LAST)]);
    const metadata = { ...movedOn.metadata, annotations: { 'aftersync.dev/ignore': 'true' } };
    const ignored = await run({ applications: [{ ...movedOn, metadata }] }, [], {}, IGNORING);
    expect([ignored.workflows, ignored.output]).toEqual([[], expect.stringContaining('0 Applications, 1 ignored')]);
    expect(await metricFiles(ignored.metrics)).toMatchObject({ ignored: '1' });
    expect(ignored.cluster.state.deploymentalerts).toEqual([]);
  });

  it.each([
    ['by no configuration', CONFIG],
    ['by the configuration of others', `${CONFIG}ignore: {allowed: [argocd/sandbox-*, team-a/*]}\n`],
  ])('records an Application that asks to be left out and is allowed to %s', async (_, config) => {
    const metadata = { ...movedOn.metadata, annotations: { 'aftersync.dev/ignore': 'true' } };
    const { output, workflows, metrics } = await run({ applications: [{ ...movedOn, metadata }] }, [], {}, config);
    expect(namesOf(workflows)).toEqual([name(H1)]);
    expect(output).toContain('1 Applications, 1 ask to be ignored and are not allowed to');
    expect(await metricFiles(metrics)).toMatchObject({ ignored: '0' });
  });

  it('tells a person of an Application in production that is left out, until it no longer is', async () => {
    const metadata = { ...movedOn.metadata, annotations: { 'aftersync.dev/ignore': 'true' } };
    const production = IGNORING.replace('default: staging', 'default: prod\n  production: [prod]');
    const applications = [{ ...movedOn, metadata }];
    const { cluster, output, again } = await run({ applications }, [], {}, production);
    expect(output).toContain('1 alerts firing');
    const [alert] = cluster.state.deploymentalerts;
    expect(alert).toMatchObject({
      metadata: { name: expect.stringMatching(/^ignored-[0-9a-f]{16}$/) },
      spec: {
        application: { namespace: 'argocd', name: 'web' },
        environment: 'prod',
        remedy: expect.stringContaining(`aftersync alerts accept ${alert?.metadata.name} --reason`),
      },
    });
    cluster.state.applications[0] = movedOn;
    await again();
    expect(cluster.state.deploymentalerts[0]?.status).toMatchObject({ state: 'resolved' });
  });

  it('leaves alone what may be in the archive', async () => {
    const archive = `${CONFIG}\narchive:\n  bucket: records\n  afterDays: 7\n`;
    expect(namesOf((await run({}, [], {}, archive)).workflows)).toEqual([name('2026-11-14T10:00:00Z')]);
  });

  it('resumes an incomplete record with the resources that it kept', async () => {
    const deployment = {
      ...deploymentOf(idAt(H2), H2, movedOn.metadata.uid),
      resources: [
        {
          group: 'apps',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'web',
          status: 'Synced',
          hookType: null,
          images: ['shop/web:1'],
        },
      ],
    };
    const held = { ...complete(H2, { State: 'held', Runs: 2 }), spec: { deployment } };
    const { workflows } = await run({ records: [complete(H1), held, complete(H3), complete(LAST)] });
    expect(namesOf(workflows)).toEqual([`${name(H2)}-r2`]);
    expect(eventIn(workflows[0])).toMatchObject({
      startedAt: H2,
      resources: [{ name: 'web', images: ['shop/web:1'] }],
    });
  });

  it('resumes the incomplete record of an Application that is gone, or was made anew', async () => {
    const spec = { deployment: deploymentOf(idAt(H2), H2, movedOn.metadata.uid) };
    const held = { ...complete(H2, { State: 'held' }), spec };
    const gone = await run({ applications: [], records: [complete(H1), held] });
    expect(namesOf(gone.workflows)).toEqual([`${name(H2)}-r1`]);
    expect(eventIn(gone.workflows[0])).toMatchObject({ startedAt: H2, uid: movedOn.metadata.uid });
    const metadata = { ...movedOn.metadata, uid: 'another' };
    const anew = await run({ applications: [{ metadata, spec: movedOn.spec }], records: [held] });
    expect(namesOf(anew.workflows)).toEqual([`${name(H2)}-r1`]);
  });

  it('leaves an incomplete record alone whose Application is not in scope', async () => {
    const held = complete(H2, { State: 'held' });
    const metadata = { ...movedOn.metadata, annotations: { 'aftersync.dev/ignore': 'true' } };
    const given = { applications: [{ ...movedOn, metadata }], records: [held] };
    const { output, workflows } = await run(given, [], {}, IGNORING);
    expect([workflows, output]).toEqual([[], expect.stringContaining('0 operations to start')]);
  });

  it('counts a Workflow that ended without a record', async () => {
    const labels = {
      'app.kubernetes.io/part-of': 'aftersync',
      'workflows.argoproj.io/phase': 'Failed',
      'workflows.argoproj.io/completed': 'true',
    };
    const ended = { metadata: { name: name(H1), labels, creationTimestamp: '2026-11-19T12:00:00Z' } };
    const { workflows } = await run({ workflows: [ended], records: [H2, H3, LAST].map(at => complete(at)) });
    expect(namesOf(workflows)).toEqual([name(H1), `${name(H1)}-r1`]);
  });

  describe('starts again at once what was stopped while it waited for its lock, and has nothing recorded', () => {
    const workflow = (of: string, phase: string, over = {}) => ({
      metadata: {
        name: of,
        labels: {
          'app.kubernetes.io/part-of': 'aftersync',
          'workflows.argoproj.io/phase': phase,
          'workflows.argoproj.io/completed': 'true',
        },
        creationTimestamp: '2026-11-20T11:59:00Z',
      },
      ...over,
    });
    const stopped = { status: { phase: 'Failed', message: "Stopped with strategy 'Terminate'" } };
    const others = [H2, H3, LAST].map(at => complete(at));

    // Argo Workflows 3.7 says Succeeded and 4.1 says Failed of it.
    it.each([
      ['the first', [workflow(name(H1), 'Succeeded')], '-r1'],
      ['the first and the second', [workflow(name(H1), 'Succeeded'), workflow(`${name(H1)}-r1`, 'Succeeded')], '-r2'],
      ['the first, by 4.1', [workflow(name(H1), 'Failed', stopped)], '-r1'],
      [
        'the second, by 4.1',
        [workflow(name(H1), 'Failed'), workflow(`${name(H1)}-r1`, 'Failed', stopped)].map((one, index) => ({
          ...one,
          metadata: { ...one.metadata, creationTimestamp: `2026-11-20T11:5${index}:00Z` },
        })),
        '-r2',
      ],
    ])('%s', async (_, workflows, next) => {
      const had = workflows.length;
      const first = await run({ workflows, records: others });
      expect(namesOf(first.workflows).slice(had)).toEqual([`${name(H1)}${next}`]);
      expect(first.output).toContain(`started ${name(H1)}${next}`);
      await first.again();
      expect(first.workflows).toHaveLength(had + 1);
    });

    it('that was to resume an incomplete record', async () => {
      const spec = { deployment: deploymentOf(idAt(H1), H1, movedOn.metadata.uid) };
      const owed = { ...complete(H1, { State: 'owed', Changed: '2026-11-20T10:00:00Z' }), spec };
      const { workflows } = await run({
        workflows: [workflow(`${name(H1)}-r1`, 'Succeeded')],
        records: [owed, ...others],
      });
      expect(namesOf(workflows)).toEqual([`${name(H1)}-r1`, `${name(H1)}-r2`]);
    });

    it.each([
      [
        'is at work',
        { labels: { 'app.kubernetes.io/part-of': 'aftersync', 'workflows.argoproj.io/phase': 'Succeeded' } },
      ],
      ['has recorded everything since it was looked at', {}],
    ])('but not where it %s', async (_, over) => {
      const there = workflow(name(H1), 'Succeeded');
      const workflows = [{ ...there, metadata: { ...there.metadata, ...over } }];
      const records = [...others];
      const cluster = createClusterStandIn({ applications: [movedOn], workflows, records });
      network.use(cluster);
      const files = await workspace({ 'config.yaml': CONFIG });
      // Its record is there when the Workflow is tried, and was not when the records were listed.
      const isTried = network.use({
        handlers: [
          http.post('*/workflows', () => {
            if (!('labels' in over)) records.push(complete(H1));
            return undefined;
          }),
        ],
      });
      expect(isTried).toBeUndefined();
      const { output } = await runStep(main, [`--config=${files.path('config.yaml')}`]);
      expect(namesOf(cluster.state.workflows)).toEqual([name(H1)]);
      expect(output).toContain('is there already');
    });

    it('and waits where it ran and failed', async () => {
      const status = { ...stopped.status, nodes: { a: { phase: 'Failed' } } };
      const { workflows } = await run({ workflows: [workflow(name(H1), 'Failed', { status })], records: others });
      expect(namesOf(workflows)).toEqual([name(H1)]);
    });
  });

  it('records an operation that only Kubernetes Events know', async () => {
    const events = [
      event('OperationStarted', '2026-11-14T08:00:00Z', 'grace initiated partial sync to main', { user: 'grace' }),
      event('OperationCompleted', '2026-11-14T08:00:07Z', 'Partial sync operation to c1c1 failed: no such namespace'),
      event('OperationCompleted', '2026-11-14T10:00:04Z', 'Sync operation to a1a1 succeeded'),
    ];
    const { workflows, again } = await run({ events, records: [H1, H2, H3, LAST].map(at => complete(at)) });
    expect(namesOf(workflows)).toEqual([name('2026-11-14T08:00:00Z')]);
    expect(eventIn(workflows[0])).toEqual({
      application: 'web',
      ...{ namespace: 'argocd', uid: movedOn.metadata.uid, project: 'shop' },
      ...{ phase: 'Failed', message: 'no such namespace', partial: true, dryRun: false, autoHealAttemptsCount: 0 },
      ...{ startedAt: '2026-11-14T08:00:00Z', finishedAt: '2026-11-14T08:00:07Z', initiatedBy: { username: 'grace' } },
      ...{ revision: 'c1c1', revisions: null, sources: [], resources: [], resourcesOmitted: true },
    });
    await again();
    expect(workflows).toHaveLength(1);
  });

  it('makes one Workflow with another run and a Sensor at the same time', async () => {
    const cluster = createClusterStandIn({ applications: [movedOn] }, { latencyMs: 20 });
    network.use(cluster);
    const files = await workspace({ 'config.yaml': CONFIG });
    const reconcile = () => runStep(main, [`--config=${files.path('config.yaml')}`]);
    const sensor = async () => {
      await new Promise(resolve => setTimeout(resolve, 60));
      return createWorkflows('argocd').create(workflowOf({ name: name(H1), event: '' }));
    };
    const [first, second] = await Promise.all([reconcile(), reconcile(), sensor()]);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(namesOf(cluster.state.workflows)).toEqual([name(H1)]);
  });

  it('reads long lists page by page', async () => {
    const applications = Array.from({ length: 230 }, (_, index) => ({
      ...movedOn,
      metadata: { ...movedOn.metadata, name: `app-${index}`, uid: `uid-${index}` },
    }));
    const { output, cluster, workflows } = await run({ applications });
    expect(output).toContain('230 Applications, 50 operations to start');
    expect(new Set(namesOf(workflows).map(one => one.replace(/-[0-9a-f]{16}$/, ''))).size).toBe(50);
    const pages = cluster.received.filter(({ path }) => path.endsWith('/applications'));
    const starts = pages.map(({ query }) => Number(/continue=(\d+)/.exec(query)?.[1] ?? 0));
    expect(starts).toEqual(Array.from({ length: 10 }, (_, index) => index * 25));
  });

  it('reads the Applications of its own namespace beside those that are named', async () => {
    const other = {
      ...movedOn,
      metadata: { ...movedOn.metadata, name: 'api', namespace: 'team-a', uid: `${movedOn.metadata.uid}-a` },
    };
    const named = `${CONFIG}  applicationNamespaces: [team-a]\n`;
    const { output, cluster } = await run({ applications: [movedOn, other] }, [], {}, named);
    expect(output).toContain(`argocd/web ${idAt(H1)}`);
    const listed = cluster.received.filter(({ path }) => path.endsWith('/applications')).map(({ path }) => path);
    expect(listed).toEqual(['argocd', 'team-a'].map(of => `/apis/argoproj.io/v1alpha1/namespaces/${of}/applications`));
  });

  it('goes on where one namespace is forbidden, tells a person, and ends with 2', async () => {
    const named = `${CONFIG}  applicationNamespaces: [team-a]\n`;
    const behaviour: Behaviour = { mishaps: [{ path: '/team-a/applications$', times: 9, status: 403 }] };
    const at = '2026-11-12T10:00:00Z';
    const orphan = {
      ...complete(at, { State: 'owed', 'App Namespace': 'team-a', 'App UID': 'other' }),
      spec: { deployment: deploymentOf(idAt(at), at, movedOn.metadata.uid) },
    };
    const { exitCode, output, workflows, cluster, metrics, again } = await run(
      { records: [orphan] },
      [],
      behaviour,
      named,
    );
    expect([exitCode, namesOf(workflows)]).toEqual([2, [name(H1)]]);
    expect(output).toContain('FAILED: Kubernetes refused: Application in team-a (403)');
    expect(cluster.state.deploymentalerts).toMatchObject([
      { metadata: { name: 'reconcile' }, spec: { what: expect.stringContaining('Application in team-a (403)') } },
    ]);
    expect(await metricFiles(metrics)).toMatchObject({ started: '1', firing: '1' });
    behaviour.mishaps = [];
    expect((await again()).exitCode).toBe(0);
    expect(cluster.state.deploymentalerts[0]?.status).toMatchObject({ state: 'resolved' });
  });

  describe('goes on with the others', () => {
    const named = (of: string, over: object) => ({
      ...movedOn,
      ...over,
      metadata: { ...movedOn.metadata, name: of, uid: `uid-${of}` },
    });
    const records = [H1, H2, H3, LAST].map(at => complete(at));

    it('and records it, where one is nested 9 000 deep in what it deploys', async () => {
      const spec = { ...movedOn.spec, source: { ...movedOn.spec.source, helm: { valuesObject: deepText(9000) } } };
      const { exitCode, output, workflows } = await run({ applications: [named('deep', { spec }), movedOn], records });
      expect([exitCode, namesOf(workflows)], output).toEqual([0, [`deep-${idAt(H1, 'uid-deep')}`]]);
    });

    it.each([
      ['nested too deep where it is told', { initiatedBy: deepText(9000) }, /Cannot be dealt with: .*RangeError/],
      ['with a time that is none', { deployStartedAt: 'yesterday' }, /Application argocd\/poison: .*not a time/],
    ])('where one is %s', async (_, entry, said) => {
      const history = [{ ...movedOn.status.history[0], ...entry }];
      const poison = named('poison', { status: { history } });
      const { exitCode, output, workflows, cluster, metrics } = await run({ applications: [poison, movedOn] });
      expect([exitCode, namesOf(workflows)]).toEqual([2, [name(H1)]]);
      expect(output).toMatch(said);
      expect(namesOf(cluster.state.deploymentalerts)).toEqual(['reconcile']);
      expect(await metricFiles(metrics)).toMatchObject({ started: '1' });
    });

    it('where the row of a record says what nobody knows: its operation is left alone', async () => {
      const rows = [complete(H1, { State: 'settled' }), complete(H3), complete(LAST)];
      const { exitCode, output, workflows } = await run({ records: rows });
      expect([exitCode, namesOf(workflows)]).toEqual([2, [name(H2)]]);
      expect(output).toContain(`${idAt(H1)} (${H1}) left alone (unreadable): its record cannot be read`);
    });

    it('where an Event is none', async () => {
      const broken = { ...event('OperationCompleted', H3, 'x'), metadata: { name: 'broken' } };
      const { exitCode, output, workflows } = await run({ events: [broken] });
      expect([exitCode, namesOf(workflows)]).toEqual([2, [name(H1)]]);
      expect(output).toContain('FAILED: Not as documented: Event in argocd');
    });
  });

  describe('with a configuration that cannot be read', () => {
    const typo = `${CONFIG}evidence:\n  settleTimoutSeconds: 3\nalerts:\n  channels:\n    - {name: hook, type: webhook, url: 'https://receivers.example.com/webhook'}\n`;
    const letter = {
      metadata: {
        name: 'aftersync-dead-letter-x1',
        labels: { 'aftersync.dev/dead-letter': 'true' },
        creationTimestamp: '2026-11-20T11:00:00Z',
      },
      data: { event: '{"body":{"event":"?"}}' },
    };

    it('starts nothing, tells the channels that and of what else there is, and that it is mended', async () => {
      const receivers = standIn();
      network.use(receivers);
      const { exitCode, output, cluster, workflows } = await run({ configmaps: [letter] }, [], {}, typo);
      expect([exitCode, workflows]).toEqual([2, []]);
      expect(output).toContain('did you mean `evidence.settleTimeoutSeconds`?');
      expect(namesOf(cluster.state.deploymentalerts).sort()).toEqual(['configuration', 'dead-letter-x1']);
      expect(receivers.state.webhook).toMatchObject({ length: 2 });
      const files = await workspace({ 'config.yaml': CONFIG });
      await runStep(main, [`--config=${files.path('config.yaml')}`]);
      expect(cluster.state.deploymentalerts.find(({ metadata }) => metadata.name === 'configuration')).toMatchObject({
        spec: { what: expect.stringContaining('settleTimoutSeconds') },
        status: { state: 'resolved' },
      });
    });
  });

  it.each([
    [
      'forbidden',
      { path: '/applications$', times: 9, status: 403 },
      2,
      /Kubernetes refused: Application in argocd \(403\)/,
    ],
    [
      'down',
      { path: '/deploymentrecords$', times: 9, status: 503 },
      75,
      /Kubernetes does not answer: DeploymentRecord in argocd/,
    ],
    ['expired', { path: '/events$', times: 9, status: 410 }, 75, /Kubernetes does not answer: Event in argocd \(410\)/],
  ])('ends where the API server is %s', async (_, mishap, exitCode, said) => {
    const ended = await run({}, [], { mishaps: [mishap] });
    expect([ended.exitCode, ended.workflows]).toEqual([exitCode, []]);
    expect(ended.output).toMatch(said);
  });

  it('keeps one alert for each dead letter until it is replayed, and deletes old ones', async () => {
    const letter = {
      metadata: {
        name: 'aftersync-dead-letter-x1',
        labels: { 'aftersync.dev/dead-letter': 'true' },
        creationTimestamp: '2026-11-20T11:00:00Z',
      },
      data: { event: '{"body":{"event":"?"}}' },
    };
    const { output, cluster, again } = await run({ applications: [], configmaps: [letter] });
    expect(output).toContain('1 dead letters, 1 alerts firing');
    const alerts = cluster.state.deploymentalerts;
    expect(namesOf(alerts)).toEqual(['dead-letter-x1']);
    await again();
    expect(alerts).toHaveLength(1);
    cluster.state.configmaps.length = 0;
    await again();
    expect(alerts[0]?.status).toMatchObject({ state: 'resolved' });
    vi.setSystemTime('2026-12-03T00:00:00Z');
    await again();
    expect(alerts).toHaveLength(1);
    vi.setSystemTime('2026-12-05T00:00:00Z');
    expect((await again()).output).toContain('1 old ones deleted');
    expect(alerts).toEqual([]);
  });

  it.each([
    [
      'waits for a person',
      { State: 'held', Changed: '2026-11-20T11:59:00Z' },
      /refused or is held back; tried once, again at/,
      `aftersync explain ${idAt(LAST)}. What a person must mend, mend; reconcile runs it again. At once: argo -n argocd resubmit ${name(LAST)}`,
    ],
    [
      'can never be known',
      { State: 'unknown', Phase: 'Failed' },
      /nothing tells any more which images it touched/,
      `aftersync alerts accept ${idAt(LAST)} --reason REASON`,
    ],
  ])(
    'tells of what %s where its run was killed before it could, and resolves it with the record',
    async (_, cells, what, remedy) => {
      const last = complete(LAST, cells);
      const records = [...[H1, H2, H3].map(at => complete(at)), last];
      const labels = { 'app.kubernetes.io/part-of': 'aftersync', 'workflows.argoproj.io/completed': 'true' };
      const ended = { metadata: { name: name(LAST), labels, creationTimestamp: '2026-11-20T11:50:00Z' } };
      const { output, cluster, again } = await run({ records, workflows: [ended] });
      expect(output).toContain('0 dead letters, 1 alerts firing');
      const alerts = cluster.state.deploymentalerts;
      expect(namesOf(alerts)).toEqual([idAt(LAST)]);
      expect(alerts[0]?.spec).toMatchObject({
        application: { namespace: 'argocd', name: 'web' },
        what: expect.stringMatching(what),
        remedy: expect.stringContaining(remedy),
      });
      expect((await again()).output).toContain('1 alerts firing');
      expect(alerts).toHaveLength(1);
      Object.assign(last.cells, { State: 'complete', Phase: 'Succeeded' });
      expect((await again()).output).toContain('0 alerts firing');
      expect(alerts[0]?.status).toMatchObject({ state: 'resolved', latest: 'its record is complete' });
    },
  );

  it('does not tell again what can never be mended, once a person has accepted its alert', async () => {
    const records = [...[H1, H2, H3].map(at => complete(at)), complete(LAST, { State: 'unknown', Phase: 'Failed' })];
    const { cluster, again } = await run({ records });
    const [alert] = cluster.state.deploymentalerts;
    const at = '2026-11-20T12:00:00Z';
    const accepted = { by: 'sam', identity: null, reason: 'rolled back by hand', at, what: 'evidence' };
    Object.assign(alert?.status ?? {}, { state: 'resolved', resolvedAt: at, accepted });
    expect((await again()).output).toContain('0 alerts firing');
    vi.setSystemTime('2026-12-05T00:00:00Z');
    expect((await again()).output).toContain('0 alerts firing, 0 old ones deleted');
  });

  it('says nothing of what a run is at work on, or is about to be', async () => {
    const labels = { 'app.kubernetes.io/part-of': 'aftersync' };
    const running = { metadata: { name: name(LAST), labels, creationTimestamp: '2026-11-20T11:59:00Z' } };
    const spec = { deployment: deploymentOf(idAt(H2), H2, movedOn.metadata.uid) };
    const records = [
      { ...complete(H2, { State: 'owed', Phase: 'Succeeded' }), spec },
      complete(H3),
      complete(LAST, { State: 'owed' }),
    ];
    const { cluster } = await run({ records, workflows: [running] });
    expect(cluster.state.deploymentalerts).toEqual([]);
  });
});
