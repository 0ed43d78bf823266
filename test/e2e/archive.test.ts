import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { createArchive } from '../../lib/archive/archive.ts';
import { createDeploymentRecordParts } from '../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../lib/clients/deployment-records.ts';
import { createS3Store, type ObjectStore } from '../../lib/clients/object-store.ts';
import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { Change } from '../../lib/ledger/change.ts';
import { createKubernetesLedger } from '../../lib/ledger/kubernetes.ts';
import { MAX_ENTRIES } from '../../lib/ledger/part.ts';
import { transient } from '../../lib/runtime/failure.ts';
import { main as records } from '../../records/cli.ts';
import { main as verify } from '../../records/verify/cli.ts';
import { createClusterRecords } from '../../steps/archive/cluster-records.ts';
import { policyOf } from '../../steps/archive/policy.ts';
import { archiveRecords } from '../../steps/archive/step.ts';
import { deploymentOf, evidenceOf } from '../support/deployment.ts';
import { anImage } from '../support/evidence.ts';
import { runStep } from '../support/run-step.ts';
import { type Installed, install, NAMESPACE, uninstall } from './archive-namespace.ts';
import { get, hasCluster, kubectl, kubectlWith, until } from './cluster.ts';

const newId = () => randomBytes(8).toString('hex');
/** A record is as old as its object, whose age nobody can choose: the run is a year from now. */
const LATER = new Date(Date.now() + 365 * 24 * 60 * 60 * 1000).toISOString();
const step = 'submit-evidence' as const;

describe.skipIf(!hasCluster)('archive, on a real cluster and a real S3 store (needs KUBECONFIG)', () => {
  let installed: Installed;
  beforeAll(async () => {
    installed = await install();
  });
  afterAll(uninstall);
  afterEach(() => vi.unstubAllEnvs());

  const ledger = () =>
    createKubernetesLedger(createDeploymentRecords(NAMESPACE), createDeploymentRecordParts(NAMESPACE));

  /** A sync of so many images, all recorded unless something is to be owed. */
  async function recorded(uid: string, startedAt: string, images = 1, owed = false): Promise<DeploymentRecord> {
    const id = newId();
    const names = Array.from({ length: images }, (_, index) => `image-${index}`);
    const deliveries = names.map(name => evidenceOf(subjectOf(name)));
    const deployment = deploymentOf(id, startedAt, uid);
    const own = { at: startedAt, step, owner: 'run/1', keyHonoured: true };
    const result = {
      state: 'accepted',
      httpStatus: 201,
      responseId: null,
      detail: '',
      attempts: 1,
      repeats: 0,
    } as const;
    const claims = deliveries.map(({ subject }): Change => ({ type: 'claim', ...own, subject, leaseUntil: startedAt }));
    const results = deliveries.map(({ subject }): Change => ({ type: 'result', ...own, subject, result }));
    const opened = ledger();
    await opened.apply(id, [
      { type: 'open', at: startedAt, deployment, run: 'run' },
      { type: 'plan', at: startedAt, step, artifacts: 'known', images: names.map(name => anImage(name)), deliveries },
    ]);
    await opened.apply(id, claims);
    if (!owed) await opened.apply(id, results);
    return opened.apply(id, [{ type: 'seal', at: startedAt }]);
  }

  /** One run of archive, with the rights of its identity alone. */
  async function archive(change: (store: ObjectStore) => ObjectStore = store => store) {
    vi.stubEnv('KUBECONFIG', installed.kubeconfig);
    const { settings, keys } = installed;
    const store = change(createS3Store({ ...settings, keys }));
    const clients = { archive: createArchive(store, settings.prefix), onTaken: () => {} };
    const policy = policyOf({ archive: settings, retention: undefined }, LATER);
    const cluster = createClusterRecords(NAMESPACE);
    const done = await archiveRecords({ policy, dryRun: false, at: LATER }, { ...clients, cluster });
    vi.unstubAllEnvs();
    return done;
  }

  async function asked(main: typeof verify, ...argv: string[]) {
    vi.stubEnv('AFTERSYNC_NAMESPACE', NAMESPACE);
    vi.stubEnv('AFTERSYNC_ARCHIVE_ACCESS_KEY_ID', installed.keys.accessKeyId);
    vi.stubEnv('AFTERSYNC_ARCHIVE_SECRET_ACCESS_KEY', installed.keys.secretAccessKey);
    return runStep(main, [...argv, '--archive', `--config=${installed.config}`, '--ledger=kubernetes']);
  }

  const there = async (type: string): Promise<string[]> =>
    (await kubectl('-n', NAMESPACE, 'get', type, '-o', 'name')).split('\n').flatMap(name => name.split('/')[1] ?? []);

  test('moves what is old, with its parts; what is incomplete, and the newest of each application, stay', async () => {
    const large = await recorded('uid-1', '2026-09-01T10:00:00Z', MAX_ENTRIES + 1);
    const owed = await recorded('uid-1', '2026-09-02T10:00:00Z', 1, true);
    const second = await recorded('uid-1', '2026-09-03T10:00:00Z');
    const newest = await recorded('uid-1', '2026-09-04T10:00:00Z');
    const other = await recorded('uid-2', '2026-09-01T10:00:00Z');
    expect(large.parts).toBeGreaterThan(1);
    const { report, failure } = await archive();
    expect([failure?.message, report.broken]).toEqual([undefined, []]);
    expect(report.taken.map(({ id, head }) => [id, head])).toEqual([
      [large.id, large.head],
      [second.id, second.head],
    ]);
    expect((await there('deploymentrecords')).sort()).toEqual([owed.id, newest.id, other.id].sort());
    await until('its parts are gone', async () => ((await there('deploymentrecordparts')).length === 0 ? true : null));

    const all = await asked(verify, '--all');
    expect([all.exitCode, all.output]).toEqual([
      0,
      expect.stringMatching(/^5 records: 5 hold, 0 do not, 1 in progress/m),
    ]);
    expect((await asked(verify, large.id, '--head', large.head ?? '')).exitCode).toBe(0);
    const listed = await asked(records, 'list', '--scope=default/argocd/guestbook');
    for (const { id } of [large, owed, second, newest, other]) expect(listed.output).toContain(id);

    // What comes next is compared and chained as if nothing had left.
    const found = [];
    for await (const { id } of ledger().before({ instance: 'default', uid: 'uid-1' }, '2026-09-05T10:00:00Z'))
      found.push(id);
    expect(found).toEqual([newest.id, owed.id]);
    const next = await recorded('uid-1', '2026-09-05T10:00:00Z');
    expect(next.previous).toEqual({ id: newest.id, head: newest.head });
  });

  test('killed between archive and deletion, or run twice at once, loses nothing', async () => {
    const old = await recorded('uid-3', '2026-09-01T10:00:00Z');
    const newest = await recorded('uid-3', '2026-09-02T10:00:00Z');
    const killed = await archive(store => ({
      ...store,
      async write(key, text, contentType) {
        await store.write(key, text, contentType);
        throw transient('Killed', key, 'run it again');
      },
    }));
    expect(killed.failure?.message).toMatch(/^Killed/);
    expect(await there('deploymentrecords')).toEqual(expect.arrayContaining([old.id, newest.id]));
    const both = await Promise.all([archive(), archive()]);
    expect(both.map(({ failure }) => failure)).toEqual([null, null]);
    expect(both.flatMap(({ report }) => report.taken.map(({ id }) => id)).filter(id => id === old.id)).toEqual([
      old.id,
    ]);
    expect(await there('deploymentrecords')).not.toContain(old.id);
    expect((await asked(verify, old.id)).exitCode).toBe(0);
  });

  test('is refused everything that it needs not', async () => {
    const can = async (verb: string, resource: string) => {
      const as = `--as=system:serviceaccount:${NAMESPACE}:aftersync-archive`;
      const answer = await kubectl('-n', NAMESPACE, 'auth', 'can-i', verb, resource, as).catch(() => 'no');
      return answer.trim();
    };
    expect(await can('delete', 'deploymentrecords.aftersync.dev')).toBe('yes');
    for (const [verb, resource] of [
      ['create', 'deploymentrecords.aftersync.dev'],
      ['update', 'deploymentrecords.aftersync.dev'],
      ['update', 'deploymentrecords.aftersync.dev/status'],
      ['deletecollection', 'deploymentrecords.aftersync.dev'],
      ['delete', 'deploymentrecordparts.aftersync.dev'],
      ['get', 'secrets'],
      ['create', 'pods'],
    ] as const)
      expect(await can(verb, resource), `${verb} ${resource}`).toBe('no');
  });

  test('reads the archive with the program of the image, which is bundled', async () => {
    const secrets = [
      ['AFTERSYNC_ARCHIVE_ACCESS_KEY_ID', 'access-key-id'],
      ['AFTERSYNC_ARCHIVE_SECRET_ACCESS_KEY', 'secret-access-key'],
    ].map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: 'aftersync-archive', key } } }));
    const container = {
      name: 'verify',
      image: 'localhost/aftersync:dev',
      command: ['node', '/app/aftersync.js', 'verify', '--all', '--archive', '--config=/etc/aftersync/config.yaml'],
      env: secrets,
      volumeMounts: [{ name: 'config', mountPath: '/etc/aftersync' }],
    };
    const volumes = [{ name: 'config', configMap: { name: 'aftersync-config' } }];
    const spec = { restartPolicy: 'Never', automountServiceAccountToken: false, containers: [container], volumes };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'verify', namespace: NAMESPACE }, spec };
    await kubectlWith(pod, 'create', '-f', '-');
    const Ended = z.object({ status: z.object({ phase: z.enum(['Succeeded', 'Failed']) }) });
    const { status } = await until('the pod has ended', () => get(Ended, '-n', NAMESPACE, 'pod', 'verify'));
    const log = await kubectl('-n', NAMESPACE, 'logs', 'verify');
    expect([status.phase, log]).toEqual(['Succeeded', expect.stringMatching(/^4 records: 4 hold/m)]);
  });

  test('runs as its CronWorkflow starts it, and says how fast records become more', async () => {
    const workflow = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'archive', namespace: NAMESPACE },
      spec: { workflowTemplateRef: { name: 'archive', clusterScope: true } },
    };
    await kubectlWith(workflow, 'create', '-f', '-');
    const Ended = z.object({
      status: z.object({ phase: z.enum(['Succeeded', 'Failed', 'Error']), message: z.string().optional() }),
    });
    const { status } = await until('the Workflow has ended', () => get(Ended, '-n', NAMESPACE, 'workflow', 'archive'));
    expect(status).toEqual({ phase: 'Succeeded' });
    const { settings, keys } = installed;
    const store = createS3Store({ ...settings, keys });
    const artifact = JSON.parse((await store.read('archive/archive/archive.json')) ?? '');
    expect(artifact).toMatchObject({ mode: 'archive', taken: [], broken: [], growth: { records: expect.any(Number) } });
    expect(artifact.growth.records).toBeGreaterThan(3);
  });
});

const subjectOf = (name: string): string => {
  const { registry, repository, digest } = anImage(name);
  return `${registry}/${repository}@${digest}`;
};
