/**
 * Submitting many records, beside what the latency of the store alone takes at so many requests at a time, for each ledger:
 *
 *   npx tsx bench/submit-evidence.ts [--ledger directory|kubernetes] [RECORDS] [LATENCY_MS] [CONCURRENCY] [ROUNDS]
 *
 * Every write to the ledger is included, from the opening of the record to its seal. The ledger in the cluster needs KUBECONFIG.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { createJet } from '../lib/clients/jet.ts';
import { Configuration } from '../lib/contracts/configuration.ts';
import { openDirectoryLedger } from '../lib/ledger/directory.ts';
import type { Ledger } from '../lib/ledger/ledger.ts';
import { createBudget } from '../lib/runtime/budget.ts';
import { sealRecord } from '../lib/signing/seal-record.ts';
import { submitEvidence } from '../steps/submit-evidence/step.ts';
import { aDeployment, anArtifact, artifactSetOf, configOf } from '../test/support/evidence.ts';
import { countedLedger } from './support/counted-ledger.ts';
import { withNamespace } from './support/namespace.ts';
import { openWaitingStore } from './support/waiting-store.ts';

const { values, positionals } = parseArgs({ options: { ledger: { type: 'string' } }, allowPositionals: true });
const [records = 1000, latencyMs = 50, concurrency = 16, rounds = 3] = positionals.map(Number);
const artifacts = Array.from({ length: records }, (_, index) => anArtifact(`image-${index}`));

interface Round {
  tookMs: number;
  /** The same requests and nothing else, through node:http. */
  bareMs: number;
  cpuMs: number;
}

/** One operation, and the bare requests right after it: what else the machine does is in both. */
async function round(ledger: Ledger): Promise<Round> {
  const store = await openWaitingStore(latencyMs);
  const { jet: settings } = Configuration.parse(configOf({ url: store.url, concurrency, budgetSeconds: 600 }));
  const budget = createBudget(600);
  const jet = createJet({ configuration: settings, budget, authorization: async () => 'Bearer token' });
  const id = randomBytes(8).toString('hex');
  const about = { deployment: { ...aDeployment(), id }, artifacts: { ...artifactSetOf(artifacts), deploymentId: id } };
  const at = new Date().toISOString();
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { evidence, failure } = await submitEvidence(
    { ...about, settings, run: 'bench', owner: 'bench/1', at },
    { ledger, connect: () => ({ jet, budget }) },
  );
  await sealRecord(ledger, id, null, at);
  const tookMs = performance.now() - started;
  const cpu = process.cpuUsage(cpuBefore);
  const ids = new Set(evidence.receipts.map(({ responseId }) => responseId));
  if (failure !== null || ids.size !== records) throw new Error('not every record was sent once');
  const bareMs = await bare(store.url);
  await store.close();
  return { tookMs, bareMs, cpuMs: (cpu.user + cpu.system) / 1000 };
}

async function bare(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const limit = pLimit(concurrency);
  const post = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent }, answer => answer.resume().on('end', resolve));
      sent.on('error', reject).end('{}');
    });
  const started = performance.now();
  await Promise.all(artifacts.map(() => limit(post)));
  agent.destroy();
  return performance.now() - started;
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

function print(ledger: string, measured: readonly Round[], told: string): void {
  const tookMs = median(measured.map(one => one.tookMs));
  const bareMs = median(measured.map(one => one.bareMs));
  const idealMs = (records / concurrency) * latencyMs;
  const figure = `submit-evidence, ${records} records, ${latencyMs} ms latency, ${concurrency} at a time, ${ledger}`;
  const line = (what: string, referenceMs: number) =>
    process.stdout.write(
      `${figure} | ${seconds(tookMs)} | ${what} ${seconds(referenceMs)} | ${(tookMs / referenceMs).toFixed(2)}\n`,
    );
  line('latency alone', idealMs);
  line('bare requests', bareMs);
  const times = measured.map(one => `${seconds(one.tookMs)}/${seconds(one.bareMs)}`).join(', ');
  const cpuMs = median(measured.map(one => one.cpuMs));
  process.stdout.write(`  ${told}; rounds ${times}; ${Math.round(cpuMs)} ms of processor time, the store's included\n`);
}

async function inDirectory(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'aftersync-bench-'));
  const measured: Round[] = [];
  for (let n = 0; n < rounds; n += 1) measured.push(await round(openDirectoryLedger(directory)));
  await rm(directory, { recursive: true });
  print('directory ledger', measured, 'a line is written to the disk for each group of changes');
}

async function inCluster(namespace: string): Promise<void> {
  const measured: Round[] = [];
  const writes: string[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const { ledger, written } = countedLedger(namespace);
    measured.push(await round(ledger));
    writes.push(`${written.requests} of ${Math.round(written.ms / written.requests)} ms`);
  }
  print('Kubernetes ledger', measured, `writes ${writes.join(', ')}`);
}

if (values.ledger !== 'kubernetes') await inDirectory();
if (values.ledger !== 'directory') {
  if (process.env.KUBECONFIG) await withNamespace(inCluster);
  else process.stdout.write('submit-evidence, Kubernetes ledger | skipped: KUBECONFIG names no cluster | |\n');
}
