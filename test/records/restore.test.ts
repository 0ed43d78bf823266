import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change } from '../../lib/ledger/change.ts';
import { applyToStored, type StoredRecord } from '../../lib/ledger/stored-record.ts';
import { createDeploymentRecordsStandIn } from '../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../local/standins/kubernetes.ts';
import type { Behaviour } from '../../local/standins/stand-in.ts';
import { main as list } from '../../records/cli.ts';
import { main } from '../../records/restore/cli.ts';
import { main as verify } from '../../records/verify/cli.ts';
import { ID, LIFE, MANY, openingOf, planOf } from '../support/chained-record.ts';
import { exportOf, recordOf, storedOf } from '../support/export.ts';
import { remotes } from '../support/remotes.ts';
import { runStep, workspace } from '../support/run-step.ts';

const network = remotes();
beforeEach(async () => {
  const { path } = await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') });
  vi.stubEnv('KUBECONFIG', path('kubeconfig'));
  vi.stubEnv('AFTERSYNC_NAMESPACE', 'argocd');
  return () => vi.unstubAllEnvs();
});

const stored = (changes: readonly Change[]): StoredRecord => {
  const found = changes.reduce<StoredRecord | null>(applyToStored, null);
  if (found === null) throw new Error('no record');
  return found;
};
const small = storedOf(recordOf(LIFE));
const large = stored([openingOf('run-1'), planOf(...MANY)]);

function cluster(behaviour: Behaviour = {}) {
  const api = createDeploymentRecordsStandIn(new Map(), behaviour);
  network.use(api);
  return api;
}

async function restore(document: unknown, ...argv: string[]) {
  const { path } = await workspace({ 'records.json': document });
  return runStep(main, ['--file', path('records.json'), ...argv]);
}
const writes = (api: ReturnType<typeof cluster>) => api.received.filter(({ method }) => method !== 'GET').length;

describe('restore', () => {
  it.each([
    ['a record', small, 1],
    ['a record with parts', large, 3],
  ])('writes %s as it was, and it holds', async (_, given, objects) => {
    const api = cluster();
    expect(await restore(exportOf(given))).toEqual({
      exitCode: 0,
      output: '1 restored, 0 there already, 0 differ\n',
    });
    expect(api.state.size + api.parts.size).toBe(objects);
    const { output, exitCode } = await runStep(verify, ['--all', '--ledger=kubernetes', '-o', 'json']);
    expect(JSON.parse(output)).toMatchObject({ records: [{ id: ID, holds: true, head: given.record.head }] });
    expect(exitCode).toBe(0);
    const listed = await runStep(list, ['show', ID, '--ledger=kubernetes', '-o', 'json']);
    expect(JSON.parse(listed.output).items).toMatchObject(
      exportOf(given).items.map(({ spec, status }) => ({ spec, status })),
    );
  });

  it('gives parts to the record that is there now, or the cluster would collect them', async () => {
    const api = cluster();
    await restore(exportOf(large));
    const uid = api.state.get(ID)?.metadata.uid;
    const owners = [...api.parts.values()].map(part => Reflect.get(part.metadata, 'ownerReferences'));
    expect(owners).toEqual(
      [expect.anything(), expect.anything()].map(() => [expect.objectContaining({ name: ID, uid })]),
    );
  });

  it('writes nothing the second time', async () => {
    const api = cluster();
    await restore(exportOf(large));
    const before = writes(api);
    expect(await restore(exportOf(large))).toMatchObject({
      exitCode: 0,
      output: '0 restored, 1 there already, 0 differ\n',
    });
    expect(api.received.slice(before).filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  const WRITES = ['/deploymentrecords$', '/deploymentrecordparts$', '-0/status$', '-1/status$', `${ID}/status$`];
  it.each(
    WRITES.flatMap(path => [
      { path, times: 1, status: 503 },
      { path, times: 1, drop: 'after' as const },
    ]),
  )('finishes what an earlier run was stopped in: %o', async mishap => {
    const state = cluster({ mishaps: [mishap] });
    const first = await restore(exportOf(large));
    expect(first.exitCode).toBe(75);
    expect(await restore(exportOf(large))).toMatchObject({ exitCode: 0 });
    expect(state.parts.size).toBe(2);
    expect(await runStep(verify, ['--all', '--ledger=kubernetes'])).toMatchObject({ exitCode: 0 });
  });

  it('leaves what is there as it is', async () => {
    const api = cluster();
    await restore(exportOf(storedOf(recordOf(LIFE.slice(0, -1)))));
    const before = structuredClone(api.state.get(ID));
    const { exitCode, output } = await restore(exportOf(small));
    expect(output).toMatch(/^restore: 5f2d8c0a1b3e4976 is there and differs; it was left as it is$/m);
    expect(exitCode).toBe(1);
    expect(api.state.get(ID)).toEqual(before);
  });

  it('does not restore what does not hold, and names it', async () => {
    const [record] = exportOf(small).items;
    const changed = JSON.parse(JSON.stringify(record).replace('successfully synced', 'nothing happened'));
    expect(changed).not.toEqual(record);
    const { exitCode, output } = await restore({ kind: 'List', items: [changed] });
    expect(output).toMatch(
      /^restore: Does not hold, and was not restored: 5f2d8c0a1b3e4976, receipt 1, spec.deployment/m,
    );
    expect(exitCode).toBe(1);
  });

  it('restores one of many', async () => {
    cluster();
    const { output } = await restore(exportOf(small), ID);
    expect(output).toMatch(/^1 restored/);
  });

  it.each([
    [['0000000000000000'], /No such record: 0000000000000000/],
    [['--nosuch'], /unknown option/],
  ])('exits 2 on %j', async (argv, message) => {
    expect(await restore(exportOf(small), ...argv)).toMatchObject({
      exitCode: 2,
      output: expect.stringMatching(message),
    });
  });
});
