import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createDeploymentRecordParts } from '../../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../../lib/clients/deployment-records.ts';
import { chainedSince, verifyChain } from '../../../lib/ledger/chain.ts';
import type { Change } from '../../../lib/ledger/change.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { createKubernetesLedger } from '../../../lib/ledger/kubernetes.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { StoredRecord } from '../../../lib/ledger/stored-record.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { deploymentOf, stateOf } from '../../support/deployment.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const VERSIONS = 'test/fixtures/ledger/versions';
const ID = '5f2d8c0a1b3e4976';
const LATER = '2026-11-21T08:00:00.000Z';
const subjectOf = (name: string): string => `registry.example.com/shop/${name}@sha256:${'1'.repeat(64)}`;
const { use } = remotes();

const claim: Change = {
  type: 'claim',
  at: LATER,
  step: 'submit-evidence',
  subject: subjectOf('shelf'),
  owner: 'guestbook-2/a',
  leaseUntil: '2026-11-21T08:01:00.000Z',
  keyHonoured: true,
};
const goOn: Change[] = [
  { type: 'open', at: LATER, run: 'guestbook-2', deployment: deploymentOf(ID) },
  { ...claim, subject: subjectOf('till') },
  claim,
];

async function inDirectory(version: string): Promise<Ledger> {
  const { directory, path } = await workspace();
  await copyFile(join(VERSIONS, version, `${ID}.jsonl`), path(`${ID}.jsonl`));
  return openDirectoryLedger(directory);
}

async function inCluster(version: string): Promise<Ledger> {
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
  const stored = parse(await readFile(join(VERSIONS, version, 'deploymentrecord.yaml'), 'utf8'));
  use(createDeploymentRecordsStandIn(new Map([[ID, stored]])));
  return createKubernetesLedger(createDeploymentRecords('argocd'), createDeploymentRecordParts('argocd'));
}

const stored = async (ledger: Ledger): Promise<StoredRecord> => {
  const found = await ledger.readStored(ID);
  if (found === null) throw new Error('no record');
  return found;
};

describe.each(await readdir(VERSIONS))('a record of the version %s', version => {
  test.each([
    ['a directory', inDirectory],
    ['the cluster', inCluster],
  ])('in %s is read, goes on, and shows every change from then on', async (_, open) => {
    const ledger = await open(version);
    const before = await stored(ledger);
    expect(stateOf(before.record.deliveries)).toEqual({
      [subjectOf('cart')]: 'accepted',
      [subjectOf('till')]: 'sending by guestbook-1/a',
      [subjectOf('shelf')]: 'planned',
      [subjectOf('lost')]: 'quarantined',
    });
    expect(verifyChain(before)).toEqual([]);
    await ledger.apply(ID, goOn);
    const after = await stored(ledger);
    expect(after.record).toMatchObject({ runs: 2, openedBy: ['guestbook-1', 'guestbook-2'] });
    expect(verifyChain(after)).toEqual([]);
    const { deliveries } = after.record;
    const altered = deliveries.map(delivery => ({ ...delivery, responseId: 'another' }));
    expect(verifyChain({ ...after, record: { ...after.record, deliveries: altered } })).toHaveLength(deliveries.length);
    expect(verifyChain({ ...after, record: { ...after.record, runs: 3 } })).toHaveLength(1);
  });

  test('keeps the head that its own version told of it', async () => {
    const HEADS = { 'receipts-v1': 'cf4a06682b4895eaac4394aeee53b7d8718c5cb734eabc5cdf70c90615d634f0' } as const;
    const head = HEADS[version as keyof typeof HEADS];
    if (head === undefined) return;
    for (const open of [inDirectory, inCluster]) {
      const ledger = await open(version);
      expect((await stored(ledger)).record.head).toBe(head);
      await ledger.apply(ID, goOn);
      expect(verifyChain(await stored(ledger), [{ head, from: 'the log' }])).toEqual([]);
    }
  });

  test('that had no receipts says since when it has', async () => {
    const ledger = await inCluster('without-receipts');
    expect(chainedSince(await stored(ledger))).toBeNull();
    await ledger.apply(ID, goOn);
    expect(chainedSince(await stored(ledger))).toEqual({ at: LATER, adopted: true });
  });
});
