import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { ARGOCD, get, hasCluster, kubectl, until } from './cluster.ts';
import { ended } from './workflows.ts';

const Outputs = z.object({
  status: z.object({
    outputs: z.object({ parameters: z.array(z.object({ name: z.string(), value: z.string().default('') })) }),
  }),
});
const Record = z.object({ status: z.object({ head: z.string() }) });

const aftersync = (...argv: string[]) =>
  execa(process.execPath, ['--import', 'tsx', 'bin/aftersync.ts', ...argv], {
    all: true,
    env: { AFTERSYNC_NAMESPACE: ARGOCD },
  });

describe.skipIf(!hasCluster)('the record alone (needs KUBECONFIG)', () => {
  const name = newName('alone');
  afterAll(() => remove(name));

  test('answers when the TTL of Argo Workflows has deleted the Workflow', async () => {
    const { id, workflow } = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
    await ended(workflow);
    const { status } = await get(Record, '-n', ARGOCD, 'deploymentrecord', id);
    const { parameters } = (await get(Outputs, '-n', ARGOCD, 'workflow', workflow)).status.outputs;
    expect(parameters).toContainEqual({ name: 'head', value: status.head });

    const soon = { spec: { ttlStrategy: { secondsAfterCompletion: 1 } } };
    await kubectl('-n', ARGOCD, 'patch', 'workflow', workflow, '--type=merge', '-p', JSON.stringify(soon));
    await until('Argo Workflows deletes it', async () =>
      (await kubectl('-n', ARGOCD, 'get', 'workflow', workflow, '--ignore-not-found', '-o', 'name')) === ''
        ? true
        : null,
    );

    const place = '--ledger=kubernetes';
    const page = join(mkdtempSync(join(tmpdir(), 'aftersync-e2e-')), 'report.html');
    const [verified, shown, explained] = await Promise.all([
      aftersync('verify', id, place, '--head', status.head),
      aftersync('records', 'show', id, place),
      aftersync('explain', id, place),
      aftersync('report', '--record', id, place, '--out', page),
    ]);
    expect(verified.all).toContain(id);
    expect(shown.all).toContain(name);
    expect(explained.all).toContain('guestbook:1.0.0');
    expect(readFileSync(page, 'utf8').replaceAll('<wbr>', '')).toContain('guestbook:1.0.0');
  });
});
