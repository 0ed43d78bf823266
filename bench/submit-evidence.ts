import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createJet } from '../lib/clients/jet.ts';
import { Configuration } from '../lib/contracts/configuration.ts';
import { openDirectoryLedger } from '../lib/ledger/directory.ts';
import { createBudget } from '../lib/runtime/budget.ts';
import { submitEvidence } from '../steps/submit-evidence/step.ts';
import { aDeployment, anArtifact, artifactSetOf, configOf } from '../test/support/evidence.ts';

/**
 * How close submitting many records comes to what the latency of the store alone would take.
 * Usage: tsx bench/submit-evidence.ts [records] [latency in ms] [concurrency]
 */
const [records = 1000, latencyMs = 50, concurrency = 16] = process.argv.slice(2).map(Number);

/** A store that does nothing but wait, in a thread of its own: what it costs is not the step's. */
const store = new Worker(
  `const { parentPort, workerData } = require('node:worker_threads');
   let id = 0;
   const server = require('node:http').createServer((request, response) => {
     request.resume().on('end', () => setTimeout(() => {
       response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ id: String(++id) }));
     }, workerData));
   });
   server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
  { eval: true, workerData: latencyMs },
);
const port = await new Promise<number>(resolve => store.once('message', resolve));

const { jet: settings } = Configuration.parse(configOf({ url: `http://localhost:${port}`, concurrency }));
const directory = await mkdtemp(join(tmpdir(), 'aftersync-bench-'));
const artifacts = artifactSetOf(Array.from({ length: records }, (_, index) => anArtifact(`image-${index}`)));
const budget = createBudget(600);
const jet = createJet({ configuration: settings, budget, authorization: async () => 'Bearer token' });

const started = performance.now();
const cpuBefore = process.cpuUsage();
const { evidence, failure } = await submitEvidence(
  { deployment: aDeployment(), artifacts, settings, run: 'bench', owner: 'bench/1', at: new Date().toISOString() },
  { ledger: openDirectoryLedger(directory), connect: () => ({ jet, budget }) },
);
const tookMs = performance.now() - started;
const cpu = process.cpuUsage(cpuBefore);
const cpuMs = Math.round((cpu.user + cpu.system) / 1000);
await store.terminate();
await rm(directory, { recursive: true });
const ids = new Set(evidence.receipts.map(({ responseId }) => responseId));
if (failure !== null || ids.size !== records) throw new Error('not every record was sent once');

const idealMs = (records / concurrency) * latencyMs;
process.stdout.write(
  `submit-evidence: ${records} records, ${latencyMs} ms latency, ${concurrency} at a time: ${Math.round(tookMs)} ms, ` +
    `${(tookMs / idealMs).toFixed(2)} x the latency alone (${Math.round(idealMs)} ms), ` +
    `${cpuMs} ms of processor time, the store's included\n`,
);
