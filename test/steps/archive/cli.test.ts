import { HttpResponse, http } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ArchiveReport } from '../../../lib/contracts/archive-report.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { createS3StandIn } from '../../../local/standins/s3.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { main } from '../../../steps/archive/cli.ts';
import { CANARIES, configOf } from '../../support/evidence.ts';
import { metricFiles } from '../../support/metric-files.ts';
import { oldRecord, type StoredObject, toStoredObject, toTableRow } from '../../support/old-records.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const network = remotes();
const ARCHIVE = { bucket: 'records', endpoint: 'https://s3.example.com', pathStyle: true };
const KEYS = { AFTERSYNC_ARCHIVE_ACCESS_KEY_ID: 'AK', AFTERSYNC_ARCHIVE_SECRET_ACCESS_KEY: CANARIES.clientSecret };
const [FIRST, SECOND] = ['00000000000000a1', '00000000000000a2'];

afterEach(() => vi.unstubAllEnvs());

/** What a run asks of the API server, each after the ones before. */
const ASKED = ['rows', 'reads', 'deletions'] as const;

/** The records of the namespace argocd, and what was asked of the API server. */
function cluster(objects: StoredObject[], upTo: (typeof ASKED)[number]) {
  const deletions: unknown[] = [];
  const accepted: (string | null)[] = [];
  const base = '*/apis/aftersync.dev/v1alpha1/namespaces/argocd/deploymentrecords';
  const handlers = [
    http.get(base, ({ request }) => {
      const accept = request.headers.get('accept');
      accepted.push(accept);
      if (!accept?.includes('as=Table')) return HttpResponse.json({ items: objects });
      const rows = objects.map(toTableRow);
      const names = Object.keys(rows[0] ?? {});
      return HttpResponse.json({
        columnDefinitions: names.map(name => ({ name })),
        rows: rows.map(row => ({ cells: names.map(name => row[name]) })),
      });
    }),
    http.get(`${base}/:name`, ({ params }) =>
      HttpResponse.json(objects.find(one => one.metadata.name === params.name)),
    ),
    http.delete(`${base}/:name`, async ({ request, params }) => {
      deletions.push([params.name, await request.json()]);
      return HttpResponse.json({ kind: 'Status', status: 'Success' });
    }),
  ];
  for (const handler of handlers.slice(0, ASKED.indexOf(upTo) + 1)) network.use({ handlers: [handler] });
  return { deletions, accepted };
}

const bucket = (behaviour: Behaviour = {}) => {
  const objects = new Map<string, string>();
  const standIn = createS3StandIn({ bucket: 'records', accessKeyId: 'AK', objects }, behaviour);
  // Nothing is listed here.
  for (const handler of standIn.handlers.slice(0, 2)) network.use({ handlers: [handler] });
  return objects;
};

async function run(settings: Record<string, unknown>, env: Record<string, string>, ...flags: string[]) {
  const files = await workspace({
    'config.yaml': configOf({}, settings),
    kubeconfig: kubeconfigFor('http://cluster.test'),
  });
  vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
  vi.stubEnv('AFTERSYNC_NAMESPACE', 'argocd');
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const argv = [
    `--config=${files.path('config.yaml')}`,
    `--out=${files.path('archive.json')}`,
    `--metrics-out=${files.path('metrics')}`,
  ];
  const { exitCode, output } = await runStep(main, [...argv, ...flags]);
  return { exitCode, output, files };
}

const records = () =>
  [
    [FIRST, '2026-02-01T10:00:00Z'],
    [SECOND, '2026-02-02T10:00:00Z'],
  ].map(([id = '', startedAt = '']) => toStoredObject(oldRecord({ id, startedAt })));

describe('aftersync archive', () => {
  it('moves a record: puts it, reads it back, deletes the version that it read', async () => {
    const { deletions, accepted } = cluster(records(), 'deletions');
    const objects = bucket();
    const { exitCode, output, files } = await run({ archive: ARCHIVE }, KEYS);
    expect(exitCode).toBe(0);
    expect(await metricFiles(files.path('metrics'))).toMatchObject({ taken: '1', broken: '0' });
    expect(output).toMatch(/^archived 00000000000000a1 default\/argocd\/guestbook/m);
    const key = `aftersync/records/default/argocd/guestbook/2026-02-01T10-00-00Z/${FIRST}.json`;
    expect([...objects.keys()]).toEqual([key, `aftersync/ids/${FIRST}`]);
    expect(objects.get(`aftersync/ids/${FIRST}`)).toBe(key);
    expect(deletions).toEqual([
      [FIRST, { preconditions: { uid: `uid-of-${FIRST}`, resourceVersion: '1' }, propagationPolicy: 'Background' }],
    ]);
    expect(ArchiveReport.parse(await files.json('archive.json')).taken).toMatchObject([{ id: FIRST, key }]);
    expect(output).toMatch(/2 records of 1 application in the cluster/);
    expect(accepted.map(accept => /as=(\w+)/.exec(accept ?? '')?.[1])).toEqual(['PartialObjectMetadataList', 'Table']);
    expect(JSON.stringify([...objects]) + output).not.toContain(CANARIES.clientSecret);
  });

  it('in a dry run needs no keys, and says what would be moved and how fast records become more', async () => {
    cluster(records(), 'reads');
    const { exitCode, output, files } = await run({ archive: ARCHIVE }, {}, '--dry-run');
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^2 records of 1 application in the cluster, .*\n1 record from before .* would be archived, 1 kept for comparison\n$/,
    );
    expect(ArchiveReport.parse(await files.json('archive.json'))).toMatchObject({
      dryRun: true,
      taken: [{ id: FIRST }],
    });
  });

  it.each<[what: string, settings: Record<string, unknown>, env: Record<string, string>, line: RegExp]>([
    [
      'archive beside retention',
      { archive: ARCHIVE, retention: { days: 90 } },
      KEYS,
      /^archive: Archive and retention exclude each other: configuration; keep archive/,
    ],
    [
      'an archive without keys',
      { archive: ARCHIVE },
      {},
      /^archive: Secret is not set: AFTERSYNC_ARCHIVE_ACCESS_KEY_ID;/,
    ],
    [
      'an age at which reconcile still counts on the record',
      { archive: { ...ARCHIVE, afterDays: 1 } },
      KEYS,
      /archive\.afterDays/,
    ],
  ])('refuses %s before it asks anybody', async (_, settings, env, line) => {
    const { exitCode, output, files } = await run(settings, env);
    expect([exitCode, await files.files()]).toEqual([2, ['config.yaml', 'kubeconfig']]);
    expect(output).toMatch(line);
  });

  it('deletes nothing where neither is configured', async () => {
    cluster(records(), 'rows');
    const { exitCode, output } = await run({}, {});
    expect(exitCode).toBe(0);
    expect(output).toMatch(/neither archive nor retention is configured: every record stays\n$/);
  });

  it('with a retention deletes for good, and says of each record which it was', async () => {
    const { deletions } = cluster(records(), 'deletions');
    const { exitCode, output } = await run({ retention: { days: 90 } }, {});
    expect([exitCode, deletions.length]).toEqual([0, 1]);
    expect(output).toMatch(
      /^deleted 00000000000000a1 default\/argocd\/guestbook of 2026-02-01T10:00:00Z, head [0-9a-f]{64}$/m,
    );
  });

  it('writes its artifact also when the archive went away, and exits 75', async () => {
    cluster(records(), 'reads');
    const behaviour = { mishaps: [{ path: '/records/aftersync', times: 99, status: 500 }] };
    network.use(createS3StandIn({ bucket: 'records', accessKeyId: 'AK', objects: new Map() }, behaviour));
    const { exitCode, output, files } = await run({ archive: ARCHIVE }, KEYS);
    expect(exitCode).toBe(75);
    expect(output).toMatch(/^archive: Archive does not answer: s3:\/\/records\//m);
    expect(ArchiveReport.parse(await files.json('archive.json')).taken).toEqual([]);
  });

  it('has a sample whose configuration says what its README says', async () => {
    cluster(records(), 'reads');
    const files = await workspace({ kubeconfig: kubeconfigFor('http://cluster.test') });
    vi.stubEnv('KUBECONFIG', files.path('kubeconfig'));
    vi.stubEnv('AFTERSYNC_NAMESPACE', 'argocd');
    const argv = ['--config=steps/archive/samples/config.yaml', '--dry-run', `--out=${files.path('archive.json')}`];
    expect((await runStep(main, argv)).exitCode).toBe(0);
    expect(ArchiveReport.parse(await files.json('archive.json'))).toMatchObject({
      mode: 'archive',
      taken: [{ id: FIRST }],
    });
  });
});
