import { afterEach, describe, expect, it, vi } from 'vitest';
import { createArchive } from '../../lib/archive/archive.ts';
import { toDocument } from '../../lib/archive/document.ts';
import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { createS3StandIn } from '../../local/standins/s3.ts';
import { main as records } from '../../records/cli.ts';
import { main as explain } from '../../records/explain/cli.ts';
import { main as verify } from '../../records/verify/cli.ts';
import { configOf } from '../support/evidence.ts';
import { exportOf, storedOf } from '../support/export.ts';
import { memoryStore } from '../support/object-store.ts';
import { oldRecord, toStoredObject } from '../support/old-records.ts';
import { remotes } from '../support/remotes.ts';
import { runStep, workspace } from '../support/run-step.ts';

const network = remotes();
const [OLD, OLDER, HERE] = ['00000000000000a2', '00000000000000a1', '00000000000000a3'];
const archived = [
  oldRecord({ id: OLD, startedAt: '2026-02-02T10:00:00Z' }),
  oldRecord({ id: OLDER, startedAt: '2026-02-01T10:00:00Z' }),
];
const here = oldRecord({ id: HERE, startedAt: '2026-02-03T10:00:00Z' });

afterEach(() => vi.unstubAllEnvs());

/** An archive of the records, and files: a configuration that names it, and an export of what is not in it. */
async function ready(inArchive: readonly DeploymentRecord[] = archived, change = (text: string) => text) {
  const { store, objects } = memoryStore();
  const archive = createArchive(store, 'aftersync');
  for (const record of inArchive) await archive.keep(record.deployment, change(toDocument([toStoredObject(record)])));
  const standIn = createS3StandIn({ bucket: 'records', accessKeyId: 'AK', objects, pageSize: 1 });
  network.use({ handlers: [...standIn.handlers] });
  vi.stubEnv('AFTERSYNC_ARCHIVE_ACCESS_KEY_ID', 'AK');
  vi.stubEnv('AFTERSYNC_ARCHIVE_SECRET_ACCESS_KEY', 'canary-s3-secret');
  vi.stubEnv('AFTERSYNC_LEDGER', '');
  const settings = { bucket: 'records', endpoint: 'https://s3.example.com', pathStyle: true };
  const files = await workspace({
    'config.yaml': configOf({}, { archive: settings }),
    'here.json': exportOf(storedOf(here)),
  });
  const read = () => standIn.received.filter(({ query }) => !query.includes('list-type')).length;
  return { flags: ['--archive', `--config=${files.path('config.yaml')}`], files, read, received: standIn.received };
}

describe('records that have left the cluster', () => {
  it('are listed beside those that are there', async () => {
    const { flags, files } = await ready();
    const { exitCode, output } = await runStep(records, ['list', ...flags, `--file=${files.path('here.json')}`]);
    expect(exitCode).toBe(0);
    expect(output.match(/^0{14}a\d/gm)).toEqual([HERE, OLD, OLDER]);
  });

  it.each([
    ['an application', '--scope=default/argocd/guestbook', [OLD, OLDER]],
    ['another instance', '--scope=other', []],
    ['a time', '--since=2026-02-02', [OLD]],
  ])('are read only as far as %s goes', async (_, flag, ids) => {
    const { flags, read } = await ready();
    const { output } = await runStep(records, ['list', ...flags, flag]);
    expect(output.match(/^0{14}a\d/gm) ?? []).toEqual(ids);
    expect(read()).toBe(ids.length);
  });

  it('are shown and explained by their name alone', async () => {
    const { flags, read, received } = await ready();
    const shown = await runStep(records, ['show', OLD, ...flags]);
    expect([shown.exitCode, shown.output]).toEqual([0, expect.stringMatching(new RegExp(`^Record: +${OLD}$`, 'm'))]);
    expect((await runStep(explain, [OLD, ...flags])).output).toMatch(/recorded +registry\.example\.com\/shop\/api/);
    expect(read()).toBe(4);
    expect(received).toHaveLength(4);
  });

  it('are verified, one or all', async () => {
    const { flags, files } = await ready();
    expect((await runStep(verify, [OLDER, ...flags])).exitCode).toBe(0);
    const all = await runStep(verify, ['--all', ...flags, `--file=${files.path('here.json')}`]);
    expect([all.exitCode, all.output]).toEqual([0, expect.stringMatching(/^3 records: 3 hold/)]);
  });

  it('are seen to be changed', async () => {
    const { flags } = await ready(archived, text => text.replaceAll('"staging"', '"production"'));
    const { exitCode, output } = await runStep(verify, [OLD, ...flags]);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/spec\.deployment/);
  });

  it('count as they are in the cluster where they are in both', async () => {
    const { flags, files } = await ready([...archived, { ...here, head: 'a'.repeat(64) }]);
    const { exitCode } = await runStep(verify, [HERE, ...flags, `--file=${files.path('here.json')}`]);
    expect(exitCode).toBe(0);
  });

  it('are not to be had where no archive is configured', async () => {
    const files = await workspace({ 'config.yaml': configOf() });
    const { exitCode, output } = await runStep(records, ['list', '--archive', `--config=${files.path('config.yaml')}`]);
    expect([exitCode, output]).toEqual([2, expect.stringMatching(/^list: No archive|^records: No archive/)]);
  });
});
