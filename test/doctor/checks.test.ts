import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { judgeConfiguration } from '../../doctor/checks/configuration.ts';
import { DEFINITIONS, firstMissing, judgeDefinition, judgeWindowType } from '../../doctor/checks/definitions.ts';
import { judgeNotifications } from '../../doctor/checks/notifications.ts';
import { judgeRecords } from '../../doctor/checks/records.ts';
import { judgeJet } from '../../doctor/checks/remotes.ts';
import { judgeControllers } from '../../doctor/checks/running.ts';
import { judgeSecret, wantedSecrets } from '../../doctor/checks/secrets.ts';
import { judgeSyncs } from '../../doctor/checks/syncs.ts';
import {
  COMPACT_TEMPLATES,
  judgeEventParts,
  judgeImages,
  judgeSchedule,
  TEMPLATES,
  templatesOf,
} from '../../doctor/checks/templates.ts';
import { judgeVersions } from '../../doctor/checks/versions.ts';
import type { Seen } from '../../doctor/cluster.ts';
import { IDENTITIES, rightsOf } from '../../doctor/rights.ts';
import { Configuration } from '../../lib/contracts/configuration.ts';

const MINIMAL = {
  schemaVersion: 'aftersync.config/v1',
  environments: { default: 'production', production: ['production'] },
  jet: { url: 'https://jet.test', token: { url: 'https://login.test/token', resource: 'jet' } },
};
const configured = (over: object) => Configuration.parse({ ...MINIMAL, ...over });
const found = (object: unknown): Seen => ({ state: 'found', object });
const ABSENT: Seen = { state: 'absent' };
const HIDDEN: Seen = { state: 'hidden' };

describe('configuration', () => {
  it.each([
    [{ evidnce: {} }, 'Unknown key `evidnce`', 'did you mean `evidence`?'],
    [{ jet: { ...MINIMAL.jet, timeout: 3 } }, 'Unknown key `jet.timeout`', 'did you mean `jet.timeoutSeconds`?'],
    [{ jet: { ...MINIMAL.jet, proxy: 'x' } }, 'Unknown key `jet.proxy`', 'remove it; valid here: url, token,'],
    [{ instances: { eu: { uri: 'x' } } }, 'Unknown key `instances.eu.uri`', 'did you mean `instances.eu.url`?'],
    [
      { environments: { default: 'x', rules: [{ enviroment: 'y' }] } },
      'Unknown key `environments.rules[0].enviroment`',
      'did you mean `environments.rules[0].environment`?',
    ],
    [{ artifactory: { batchSize: 0 } }, '`artifactory.batchSize`: ', 'docs/configuration.md'],
    [{ changeWindow: { changeRequestPattern: '(' } }, 'changeWindow.changeRequestPattern', 'correct the configuration'],
  ])('finds fault with %j', (over, what, remedy) => {
    const { judgements } = judgeConfiguration(JSON.stringify({ ...MINIMAL, ...over }), 'config.yaml');
    const problem = judgements.find(judgement => judgement.what.includes(what));
    expect(problem).toMatchObject({ state: 'problem', remedy: expect.stringContaining(remedy) });
  });

  it('names a missing key, text that is not YAML, and the hosts of the overlay', () => {
    expect(judgeConfiguration('schemaVersion: aftersync.config/v1', 'x').judgements.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^`environments`: /),
      expect.stringMatching(/^`jet`: /),
    ]);
    expect(judgeConfiguration('{', 'x')).toMatchObject({ configuration: null, judgements: [{ state: 'problem' }] });
    const overlay = readFileSync('deploy/production/config.yaml', 'utf8');
    expect(judgeConfiguration(overlay, 'x').judgements.map(({ state, what }) => [state, what.split(' ')[0]])).toEqual([
      ['warning', 'jet.url'],
      ['warning', 'jet.token.url'],
      ['warning', 'instances.default.url'],
    ]);
  });
});

describe('versions', () => {
  const running = (image: string, label: string | null = null) => [
    { namespace: 'n', deployment: 'd', image, label, ready: 1, account: 'd' },
  ];
  it.each([
    ['quay.io/argoproj/argocd:v3.5.1', 'ok'],
    ['mirror:5000/argocd:v2.10.4', 'problem'],
    ['argocd:v2.11.0', 'problem'],
    ['argocd:v3.6.0', 'warning'],
    ['argocd:latest', 'warning'],
    [`argocd@sha256:${'a'.repeat(64)}`, 'warning'],
    [`argocd:v3.4.0@sha256:${'a'.repeat(64)}`, 'ok'],
    ['workflow-controller:v3.6.19', 'problem'],
    ['workflow-controller:v4.1.2', 'ok'],
    ['workflow-controller:v4.2.0', 'warning'],
    ['argo-events:v1.8.1', 'problem'],
    ['argo-events:v1.10.0', 'warning'],
  ])('%s is %s', (image, state) => {
    const own = judgeVersions(running(image), 'sync-result').filter(({ what }) => !what.includes('was not found'));
    expect(own.map(judgement => judgement.state)).toEqual([state]);
  });

  it('takes a version from the label, and knows that old ones list no images', () => {
    expect(judgeVersions(running('argocd', 'v3.2.0'), null)[0]?.state).toBe('ok');
    expect(judgeVersions(running('argocd:v2.14.0'), 'manifests')[0]?.state).toBe('ok');
    expect(judgeVersions(running('argocd:v2.14.0'), 'sync-result')[0]?.remedy).toContain('evidence.strategy');
    expect(judgeVersions(null, null)).toMatchObject([{ state: 'warning' }]);
    expect(judgeVersions([], null)).toHaveLength(3);
  });
});

describe('definitions', () => {
  it('of change windows are asked for where a production sync needs one', () => {
    expect(judgeWindowType('changewindows.changemgmt.example.com', found({}))).toBeNull();
    expect(judgeWindowType('changewindows.changemgmt.example.com', HIDDEN)?.state).toBe('warning');
    expect(judgeWindowType('changewindows.changemgmt.example.com', ABSENT)).toMatchObject({
      state: 'problem',
      what: expect.stringContaining('changewindows.changemgmt.example.com is not installed'),
    });
  });

  const [ours] = DEFINITIONS;
  if (ours === undefined) throw new Error('there are definitions');
  it('holds against what kubectl applies', () => {
    for (const definition of DEFINITIONS) {
      const [name] = definition.metadata.name.split('.');
      const [applied] = parseAllDocuments(readFileSync(`deploy/crds/${name}.yaml`, 'utf8'));
      expect(judgeDefinition(definition, found(applied?.toJS())).state).toBe('ok');
    }
  });

  it('is of another version where a field is missing, and not where one was added', () => {
    const installed = structuredClone(ours) as {
      spec: { versions: { schema: { openAPIV3Schema: { properties: Record<string, unknown> } } }[] };
    };
    const properties = installed.spec.versions[0]?.schema.openAPIV3Schema.properties ?? {};
    properties.more = { type: 'string' };
    expect(judgeDefinition(ours, found(installed)).state).toBe('ok');
    delete properties.status;
    expect(judgeDefinition(ours, found(installed)).what).toMatch(
      /differs at schema\.openAPIV3Schema\.properties\.status/,
    );
    expect(judgeDefinition(ours, ABSENT).state).toBe('problem');
    expect(judgeDefinition(ours, HIDDEN).state).toBe('warning');
    expect(judgeDefinition(ours, found({ spec: { versions: [{ name: 'v2' }] } })).what).toContain(
      'no version v1alpha1',
    );
  });

  it.each([
    [{ a: 1 }, { a: 1, b: 2 }, null],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 'a.b.1'],
    [{ a: {} }, {}, null],
    [{ a: false }, {}, 'a'],
    [{ a: { b: 1 } }, null, 'a.b'],
  ])('of %j in %j is missing: %s', (expected, installed, path) => {
    expect(firstMissing(expected, installed, '')).toBe(path);
  });
});

describe('rights', () => {
  const Manifest = z.looseObject({
    kind: z.string(),
    metadata: z.object({ name: z.string() }),
    rules: z
      .array(z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }))
      .default([]),
    roleRef: z.object({ name: z.string() }).optional(),
    subjects: z.array(z.object({ name: z.string() })).default([]),
  });
  const folders = [
    'deploy/base/identities',
    'deploy/components/archive/namespaced',
    'deploy/components/compact/identity',
  ];
  const manifests = folders.flatMap(folder =>
    readdirSync(folder)
      .filter(file => file.endsWith('.yaml') && file !== 'kustomization.yaml')
      .flatMap(file => parseAllDocuments(readFileSync(`${folder}/${file}`, 'utf8')).map(one => one.toJS()))
      .map(document => Manifest.parse(document)),
  );
  const bindings = manifests.filter(({ kind }) => kind === 'RoleBinding');
  const accounts = [...new Set(bindings.flatMap(({ subjects }) => subjects.map(({ name }) => name)))].sort();
  const granted = (account: string) => {
    const names = bindings
      .filter(({ subjects }) => subjects.some(({ name }) => name === account))
      .map(({ roleRef }) => roleRef?.name);
    const rules = manifests.filter(({ kind, metadata }) => kind === 'Role' && names.includes(metadata.name));
    return rules.flatMap(role =>
      role.rules.flatMap(({ apiGroups, resources, verbs }) =>
        resources.flatMap(resource => verbs.map(verb => `${verb} ${apiGroups[0]}/${resource}`)),
      ),
    );
  };

  it('are known of every identity that the manifests bind', () => {
    expect(IDENTITIES.map(({ account }) => account).sort()).toEqual(accounts);
  });

  it.each(accounts)('of %s are those of its Roles', account => {
    const asked = rightsOf([account], 'argocd', null).map(
      ({ verb, group, resource }) => `${verb} ${group}/${resource}`,
    );
    expect([...new Set(asked)].sort()).toEqual([...new Set(granted(account))].sort());
  });

  it('follow the configuration: the type of change windows, and namespaces of Applications', () => {
    const of = (over: object) =>
      rightsOf(['aftersync-submit-release', 'aftersync-fetch-app'], 'argocd', configured(over));
    const windows = of({ changeWindow: { apiVersion: 'change.corp/v2', kind: 'Window' } }).filter(
      ({ resource }) => resource === 'windows',
    );
    expect(windows.map(({ group, verb }) => `${verb} ${group}`)).toEqual(['get change.corp', 'list change.corp']);
    const staging = of({ environments: { default: 'staging' } });
    expect(staging.some(({ resource }) => resource === 'changewindows')).toBe(false);
    const elsewhere = of({ reconcile: { applicationNamespaces: ['argocd', 'team-a'] } });
    expect(elsewhere.filter(({ namespace }) => namespace === 'team-a')).toEqual([
      {
        account: 'aftersync-fetch-app',
        namespace: 'team-a',
        group: 'argoproj.io',
        resource: 'applications',
        verb: 'get',
      },
      {
        account: 'aftersync-fetch-app',
        namespace: 'team-a',
        group: 'events.k8s.io',
        resource: 'events',
        verb: 'list',
      },
    ]);
  });
});

describe('notifications', () => {
  const merged = () => {
    const [document] = parseAllDocuments(readFileSync('event-sources/argocd/notifications-cm.yaml', 'utf8'));
    return z.looseObject({ data: z.record(z.string(), z.string()) }).parse(document?.toJS());
  };
  const token = (key: string, value: string) => found({ data: { [key]: value } });
  const facts = () => ({
    configMap: found(merged()),
    secret: token('aftersync-token', 'YQ=='),
    webhook: token('token', 'YQ=='),
    reading: null,
  });
  const reading = (allowed: boolean) => ({
    reading: { account: 'argocd/argocd-notifications-controller', where: 'all namespaces', allowed },
  });
  const without = (key: string) => {
    const { data, ...rest } = merged();
    const { [key]: _, ...others } = data;
    return found({ ...rest, data: others });
  };

  it.each([
    ['all of it', {}, ['ok', 'ok'], /has our service/],
    ['no trigger', { configMap: without('trigger.aftersync') }, ['problem', 'ok'], /has no trigger\.aftersync/],
    ['no subscription', { configMap: without('subscriptions') }, ['warning', 'ok'], /subscriptions/],
    ['no ConfigMap', { configMap: ABSENT }, ['problem', 'ok'], /is not there/],
    ['no token', { secret: ABSENT }, ['ok', 'problem'], /has no aftersync-token/],
    ['a token that differs', { webhook: token('token', 'Yg==') }, ['ok', 'problem'], /another token/],
    ['hidden Secrets', { webhook: HIDDEN }, ['ok', 'warning'], /may not be read/],
    ['a controller that may list Applications', reading(true), ['ok', 'ok'], /has our service/],
    [
      'a controller that may not',
      reading(false),
      ['ok', 'ok', 'problem'],
      /argocd\/argocd-notifications-controller may not list applications in all namespaces: it sends no event/,
    ],
  ])('with %s', (_, over, states, says) => {
    const judgements = judgeNotifications({ ...facts(), ...over });
    expect(judgements.map(({ state }) => state)).toEqual(states);
    expect(judgements.map(({ what }) => what).join('\n')).toMatch(says);
  });
});

describe('what runs', () => {
  const deployed = found({ status: { conditions: [{ type: 'Deployed', status: 'True' }] } });
  const running = { ready: 1, all: 1 };
  it.each([
    [deployed, running, 'ok'],
    [deployed, { ready: 0, all: 0 }, 'problem'],
    [deployed, { ready: 0, all: 3 }, 'problem'],
    [deployed, null, 'warning'],
    [found({ status: { conditions: [{ type: 'Deployed', status: 'False', message: 'no image' }] } }), null, 'problem'],
    [found({}), running, 'problem'],
    [ABSENT, running, 'problem'],
    [HIDDEN, running, 'warning'],
  ])('of Argo Events: %j with pods %j is %s', (seen, pods, state) => {
    const part = { name: 'Sensor argocd-sync', label: 'sensor-name=argocd-sync', seen, pods };
    expect(judgeEventParts([part], 'argocd')[0]?.state).toBe(state);
  });

  const controllers = (ready: number) =>
    [
      ['argocd-notifications-controller', 'quay.io/argoproj/argocd:v3.5.1'],
      ['workflow-controller', 'quay.io/argoproj/workflow-controller:v3.7.15'],
      ['controller-manager', 'localhost:5000/argo-events@sha256:00'],
      ['argocd-dex-server', 'ghcr.io/dexidp/dex:v2'],
    ].map(([deployment = '', image = '']) => ({ namespace: 'n', deployment, image, label: null, ready, account: 'a' }));

  it('names each controller that has no pod, and how to start it', () => {
    expect(judgeControllers(controllers(1))).toEqual([]);
    expect(judgeControllers(null)).toEqual([]);
    expect(judgeControllers(controllers(0)).map(({ state, what }) => `${state}: ${what}`)).toEqual([
      'problem: no pod of n/argocd-notifications-controller, the notifications controller of Argo CD, is ready',
      'problem: no pod of n/workflow-controller, the controller of Argo Workflows, is ready',
      'problem: no pod of n/controller-manager, the controller of Argo Events, is ready',
    ]);
    expect(judgeControllers(controllers(0))[1]?.remedy).toContain(
      'kubectl -n n scale deployment workflow-controller --replicas=1',
    );
  });
});

describe('syncs', () => {
  const start = (action: 'start' | 'resume', name: string) => ({
    outcome: 'planned' as const,
    detail: '',
    start: {
      action,
      workflow: `${name}-3f1c9a0b7d2e4f68`,
      why: '',
      operation: {
        id: '3f1c9a0b7d2e4f68',
        application: { namespace: 'argocd', name, uid: 'u' },
        startedAt: '2026-11-30T02:00:00Z',
        finishedAt: null,
        succeeded: true,
        from: 'application' as const,
      },
    },
  });
  it('that left nothing are problems, those whose record is incomplete are told of by alerts', () => {
    expect(judgeSyncs({ outcomes: [start('resume', 'a')], applications: 3 })).toMatchObject([
      { state: 'ok', what: 'every sync of 3 Applications that is over has a record' },
    ]);
    expect(judgeSyncs({ outcomes: [start('start', 'b')], applications: 3 })).toMatchObject([
      {
        state: 'problem',
        what: 'the sync of argocd/b of 2026-11-30T02:00:00Z has neither record nor Workflow',
      },
    ]);
  });
});

describe('templates', () => {
  it('are the folders of workflow-templates', () => {
    const named = (folder: string) =>
      z
        .object({ resources: z.array(z.string()) })
        .parse(parseAllDocuments(readFileSync(`workflow-templates/${folder}kustomization.yaml`, 'utf8'))[0]?.toJS())
        .resources.map(file => file.replace(/^.*\/|\.yaml$/g, ''));
    expect([...TEMPLATES].sort()).toEqual(named('').sort());
    expect([...COMPACT_TEMPLATES].sort()).toEqual(named('compact/').sort());
  });

  it('in production are named by digest', () => {
    const template = (image: string) => ({
      name: 'ClusterWorkflowTemplate fetch-app',
      seen: found({ spec: { templates: [{ container: { image } }] } }),
    });
    const staging = configured({ environments: { default: 'staging' } });
    const digest = `r.test/aftersync@sha256:${'0'.repeat(64)}`;
    expect(judgeImages([template('r.test/aftersync:1')], staging)).toEqual([]);
    expect(judgeImages([template(digest)], configured({}))).toEqual([]);
    expect(judgeImages([template('r.test/aftersync:1'), template('r.test/aftersync:1')], configured({}))).toMatchObject(
      [{ state: 'warning', what: 'r.test/aftersync:1 is named by a tag, which can be moved' }],
    );
  });

  it('are those that the Sensor starts', () => {
    const [sensor] = parseAllDocuments(readFileSync('sensors/argocd-sync.yaml', 'utf8'));
    expect(templatesOf(found(sensor?.toJS()))).toEqual(TEMPLATES);
    const text = readFileSync('sensors/argocd-sync.yaml', 'utf8').replaceAll(
      'name: post-deployment\n',
      'name: post-deployment-compact\n',
    );
    const compact = parseAllDocuments(text)[0]?.toJS();
    expect(templatesOf(found(compact))).toEqual([...TEMPLATES, 'post-deployment-compact', 'pipeline']);
    expect(templatesOf(ABSENT)).toEqual(TEMPLATES);
  });

  it('say that reconcile is suspended', () => {
    const suspended = judgeSchedule({ name: 'CronWorkflow reconcile', seen: found({ spec: { suspend: true } }) });
    expect(suspended).toMatchObject({ state: 'warning', what: 'CronWorkflow reconcile is suspended' });
  });
});

describe('secrets', () => {
  it('are those that the channels and the archive of the configuration need', () => {
    const alerts = {
      channels: [
        { name: 'chat', type: 'slack' },
        { name: 'oncall', type: 'pagerduty' },
        { name: 'open', type: 'webhook', url: 'https://hook.test' },
      ],
    };
    const wanted = wantedSecrets(configured({ alerts, archive: { bucket: 'records', region: 'eu-central-1' } }));
    expect(wanted.slice(3)).toEqual([
      { name: 'aftersync-alerts', keys: ['chat.url', 'oncall'] },
      { name: 'aftersync-archive', keys: ['access-key-id', 'secret-access-key'] },
    ]);
    expect(wantedSecrets(null)).toHaveLength(3);
  });

  it('lack what is empty', () => {
    const secret = { name: 'jet-proxy', keys: ['client-id', 'client-secret'] };
    expect(judgeSecret(secret, found({ data: { 'client-id': 'YQ==', 'client-secret': '' } })).what).toBe(
      'Secret jet-proxy has no client-secret',
    );
  });
});

describe('records and JET', () => {
  const growth = { records: 90_000, applications: 3, perDay: 100, oldest: '2026-01-01T00:00:00.000Z' };
  it('warn of records that nothing ever takes away', () => {
    expect(judgeRecords(growth, configured({})).state).toBe('warning');
    expect(judgeRecords({ ...growth, perDay: 1 }, configured({})).state).toBe('ok');
    expect(judgeRecords(growth, configured({ archive: { bucket: 'records', region: 'eu-central-1' } })).state).toBe(
      'ok',
    );
  });

  it.each([
    [405, 'ok'],
    [404, 'ok'],
    [401, 'problem'],
    [403, 'warning'],
  ])('JET answers HEAD with %i: %s', (status, state) => {
    expect(judgeJet('https://jet.test', status).state).toBe(state);
  });
});
