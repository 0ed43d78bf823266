/**
 * What one sync costs with so many records in the ledger already, beside the same with few, measured in turns:
 *
 *   npx tsx bench/ledger-growth.ts [--ledger directory|kubernetes] [RECORDS ...]      default: 1000 and 10000, beside 100
 *
 * A sync is: the newest earlier record read, the record opened and planned, three artifacts sent to a store that answers at once,
 * concluded and sealed. One record in a hundred is of the same application. The ledger in the cluster needs KUBECONFIG; it
 * makes and deletes namespaces there.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import type { Deployment } from '../lib/contracts/deployment.ts';
import { openDirectoryLedger } from '../lib/ledger/directory.ts';
import type { Ledger } from '../lib/ledger/ledger.ts';
import { planEvidence, STEP } from '../steps/submit-evidence/plan.ts';
import { aDeployment, anArtifact, artifactSetOf } from '../test/support/evidence.ts';
import { countedLedger } from './support/counted-ledger.ts';
import { median, printFigure, printSkipped } from './support/figures.ts';
import { withNamespace } from './support/namespace.ts';
import { type Store, storeAt, submit } from './support/operation.ts';
import { openWaitingStore } from './support/waiting-store.ts';

const { values, positionals } = parseArgs({ options: { ledger: { type: 'string' } }, allowPositionals: true });
const counts = positionals.length > 0 ? positionals.map(Number) : [1000, 10_000];
const FEW = 100;
const ROUNDS = 15;
const ARTIFACTS = 3;
const AT_A_TIME = 16;

/** Opens the same records anew, as another pod would. */
type Open = () => Ledger;

function deploymentOf(uid: string, index: number): Deployment {
  const deployment = aDeployment();
  const startedAt = new Date(Date.parse('2026-01-01T00:00:00Z') + index * 1000).toISOString();
  return {
    ...deployment,
    id: randomBytes(8).toString('hex'),
    operation: { ...deployment.operation, startedAt },
    source: { ...deployment.source, uid },
  };
}

/** Records at rest: each open and planned, which is what is kept of any. */
async function fill(open: Open, from: number, to: number, { settings }: Store): Promise<void> {
  const ledger = open();
  const limit = pLimit(AT_A_TIME);
  const artifacts = artifactSetOf(Array.from({ length: ARTIFACTS }, (_, index) => anArtifact(`image-${index}`)));
  const images = artifacts.artifacts.map(({ image }) => image);
  const write = async (index: number) => {
    const deployment = deploymentOf(index % 100 === 0 ? 'measured' : `uid-${index}`, index);
    const at = deployment.operation.startedAt;
    const deliveries = planEvidence(deployment, artifacts, settings, 'https://jet.example.com/publish');
    await ledger.apply(deployment.id, [
      // What came before is asked for at each opening: here nobody needs to know.
      { type: 'open', at, run: 'bench', deployment, previous: null },
      { type: 'plan', at, step: STEP, artifacts: 'known', images, deliveries },
    ]);
  };
  await Promise.all(Array.from({ length: to - from }, (_, index) => limit(() => write(from + index))));
}

/** @returns milliseconds */
async function syncOnce(open: Open, index: number, store: Store): Promise<number> {
  const deployment = deploymentOf('measured', 1_000_000 + index);
  const ledger = open();
  const started = performance.now();
  for await (const _ of ledger.before(deployment.source, deployment.operation.startedAt)) break;
  await submit(ledger, deployment, ARTIFACTS, store);
  return performance.now() - started;
}

async function measure(name: string, many: Open, few: Open): Promise<void> {
  const waiting = await openWaitingStore(0);
  const store = storeAt(waiting.url, AT_A_TIME);
  await fill(few, 0, FEW, store);
  let filled = 0;
  for (const count of counts) {
    await fill(many, filled, count, store);
    filled = count;
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await syncOnce(many, round, store));
      theirs.push(await syncOnce(few, round, store));
    }
    const [tookMs, fewMs] = [median(ours), median(theirs)];
    const figure = `one sync of ${ARTIFACTS} artifacts with ${count} records in the ${name} ledger`;
    printFigure(figure, `${Math.round(tookMs)} ms`, `with ${FEW} records ${Math.round(fewMs)} ms`, tookMs / fewMs);
  }
  await waiting.close();
}

async function inDirectories(): Promise<void> {
  const places = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'aftersync-bench-'))));
  const [many = '', few = ''] = places;
  await measure(
    'directory',
    () => openDirectoryLedger(many),
    () => openDirectoryLedger(few),
  );
  await Promise.all(places.map(place => rm(place, { recursive: true })));
}

if (values.ledger !== 'kubernetes') await inDirectories();
if (values.ledger !== 'directory') {
  const opens = (namespace: string) => () => countedLedger(namespace).ledger;
  if (process.env.KUBECONFIG)
    await withNamespace(many => withNamespace(few => measure('Kubernetes', opens(many), opens(few))));
  else printSkipped('one sync, by records in the Kubernetes ledger', 'KUBECONFIG names no cluster');
}
