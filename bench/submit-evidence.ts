/**
 * Submitting many records, beside what the latency of the store alone takes at so many requests at a time, for each ledger:
 *
 *   npx tsx bench/submit-evidence.ts [--ledger directory|kubernetes] [RECORDS] [LATENCY_MS] [CONCURRENCY] [ROUNDS]
 *
 * Every write to the ledger is included, from the opening of the record to its seal. The same requests without a ledger say what
 * of it is HTTP. The ledger in the cluster needs KUBECONFIG; it makes and deletes a namespace there.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { openDirectoryLedger } from '../lib/ledger/directory.ts';
import type { Ledger } from '../lib/ledger/ledger.ts';
import { aDeployment } from '../test/support/evidence.ts';
import { countedLedger } from './support/counted-ledger.ts';
import { median, printFigure, printSkipped } from './support/figures.ts';
import { withNamespace } from './support/namespace.ts';
import { type Store, storeAt, submit } from './support/operation.ts';
import { openWaitingStore } from './support/waiting-store.ts';

const { values, positionals } = parseArgs({ options: { ledger: { type: 'string' } }, allowPositionals: true });
const [records = 1000, latencyMs = 50, concurrency = 16, rounds = 3] = positionals.map(Number);
const idealMs = (records / concurrency) * latencyMs;
const figureOf = (ledger: string) =>
  `submit-evidence, ${records} records, ${latencyMs} ms latency, ${concurrency} at a time, ${ledger} ledger`;

interface Round {
  tookMs: number;
  /** The same requests through the same client, without a ledger. */
  bareMs: number;
  told: string;
}

/** One operation, and the bare requests right after it: what else the machine does is in both. */
async function round(ledger: Ledger, told: () => string): Promise<Round> {
  const waiting = await openWaitingStore(latencyMs);
  const store = storeAt(waiting.url, concurrency);
  const deployment = { ...aDeployment(), id: randomBytes(8).toString('hex') };
  const tookMs = await submit(ledger, deployment, records, store);
  const bareMs = await bare(store);
  await waiting.close();
  return { tookMs, bareMs, told: told() };
}

async function bare({ jet }: Store): Promise<number> {
  const limit = pLimit(concurrency);
  const body = JSON.stringify({ of: 'x'.repeat(500) });
  const started = performance.now();
  const posts = Array.from({ length: records }, (_, index) =>
    limit(() => jet.publishDeployment({ body, key: String(index), withinMs: 60_000 })),
  );
  await Promise.all(posts);
  return performance.now() - started;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

function print(ledger: string, measured: readonly Round[]): void {
  const tookMs = median(measured.map(one => one.tookMs));
  const bareMs = median(measured.map(one => one.bareMs));
  const figure = figureOf(ledger);
  printFigure(figure, seconds(tookMs), `latency alone ${seconds(idealMs)}`, tookMs / idealMs);
  printFigure(figure, seconds(tookMs), `the requests without a ledger ${seconds(bareMs)}`, tookMs / bareMs);
  for (const { tookMs: ours, bareMs: theirs, told } of measured)
    process.stdout.write(`  ${seconds(ours)} beside ${seconds(theirs)}; ${told}\n`);
}

async function inDirectory(): Promise<void> {
  const measured: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const directory = await mkdtemp(join(tmpdir(), 'aftersync-bench-'));
    measured.push(await round(openDirectoryLedger(directory), () => 'a line for each group of changes'));
    await rm(directory, { recursive: true });
  }
  print('directory', measured);
}

async function inCluster(namespace: string): Promise<void> {
  const measured: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const { ledger, written } = countedLedger(namespace);
    measured.push(
      await round(ledger, () => `${written.requests} writes of ${Math.round(written.ms / written.requests)} ms`),
    );
  }
  print('Kubernetes', measured);
}

if (values.ledger !== 'kubernetes') await inDirectory();
if (values.ledger !== 'directory') {
  if (process.env.KUBECONFIG) await withNamespace(inCluster);
  else printSkipped(figureOf('Kubernetes'), 'KUBECONFIG names no cluster');
}
