import { beforeEach, expect, test } from 'vitest';
import { createDeploymentRecordParts } from '../../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../../lib/clients/deployment-records.ts';
import { verifyChain } from '../../../lib/ledger/chain.ts';
import type { Change } from '../../../lib/ledger/change.ts';
import { createKubernetesLedger } from '../../../lib/ledger/kubernetes.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { claimOf, ID, MANY, openingOf, planOf, resultOf, subjectOf } from '../../support/chained-record.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const { use } = remotes();
const at = '2026-11-20T10:01:02.000Z';
const seal: Change = { type: 'seal', at };
const open = () => createKubernetesLedger(createDeploymentRecords('argocd'), createDeploymentRecordParts('argocd'));

beforeEach(async () => {
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
});

function api() {
  const standIn = createDeploymentRecordsStandIn();
  use(standIn);
  const requests = () =>
    standIn.received.map(({ method, path }) => `${method} ${path.replace(/^.*namespaces\/argocd\//, '')}`);
  return { ...standIn, requests };
}

const recordNames = (name: string) => name.startsWith('deploymentrecords');

test('a sync of few artifacts takes four writes, two of them to open its record, and reads nothing that it knows', async () => {
  const { requests, received } = api();
  await open().apply(ID, [openingOf('run-1')]);
  const ledger = open();
  const subjects = ['api', 'web'].map(subjectOf);
  await ledger.apply(ID, [openingOf('run-1'), planOf('api', 'web'), ...subjects.map(subject => claimOf(subject))]);
  await ledger.apply(
    ID,
    subjects.map(subject => resultOf(subject, 'accepted')),
  );
  await ledger.apply(ID, [seal]);
  expect(requests().toSorted()).toEqual([
    `GET deploymentrecords/${ID}`,
    'POST deploymentrecords',
    `PUT deploymentrecords/${ID}/status`,
    `PUT deploymentrecords/${ID}/status`,
    `PUT deploymentrecords/${ID}/status`,
  ]);
  const writes = received.filter(({ method }) => method !== 'GET');
  expect(writes.every(({ headers }) => headers.accept?.includes('as=PartialObjectMetadata;'))).toBe(true);
});

test('a record in parts is written without asking for a part, and tells of each as soon as it is written', async () => {
  const { requests, parts } = api();
  const ledger = open();
  await ledger.apply(ID, [openingOf('run-1')]);
  const told: { subjects: number; written: number }[] = [];
  await ledger.apply(ID, [openingOf('run-1'), planOf(...MANY)], deliveries => {
    const written = [...parts.values()].filter(({ status }) => status !== undefined).length;
    if (deliveries.length > 0) told.push({ subjects: deliveries.length, written });
  });
  const [first = ''] = MANY.map(subjectOf);
  await ledger.apply(ID, [claimOf(first)]);
  await ledger.apply(ID, [resultOf(first, 'accepted')]);
  await ledger.apply(ID, [seal]);
  expect(told.map(({ subjects }) => subjects).reduce((a, b) => a + b)).toBe(MANY.length);
  expect(told).toHaveLength(2);
  expect(requests().filter(request => request.startsWith('GET'))).toEqual([]);
  expect(requests().filter(request => request.startsWith('PUT') && recordNames(request.slice(4)))).toHaveLength(3);
});

test('who seals last knows what another run wrote meanwhile', async () => {
  const { state } = api();
  const [first = '', second = ''] = MANY.map(subjectOf);
  const mine = open();
  await mine.apply(ID, [openingOf('run-1'), planOf(...MANY)]);
  await mine.apply(ID, [claimOf(first), resultOf(first, 'accepted')]);
  const other = open();
  await other.apply(ID, [openingOf('run-2')]);
  await other.apply(ID, [claimOf(second, 'run-2/a'), resultOf(second, 'accepted', 'run-2/a')]);
  await other.apply(ID, [seal]);
  expect(state.get(ID)?.status).toMatchObject({ summary: { submitted: 2 } });
  const { head } = await mine.apply(ID, [seal]);
  expect(state.get(ID)?.status).toMatchObject({ summary: { submitted: 2 }, head });
  const stored = await open().readStored(ID);
  expect(stored && verifyChain(stored)).toEqual([]);
});
