import { randomBytes } from 'node:crypto';
import { createDeploymentRecordParts } from '../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../lib/clients/deployment-records.ts';
import { connection, TIMEOUT_MS } from '../lib/clients/kubernetes.ts';
import { Configuration } from '../lib/contracts/configuration.ts';
import { createKubernetesLedger } from '../lib/ledger/kubernetes.ts';
import type { Change } from '../lib/ledger/ledger.ts';
import { planEvidence, STEP } from '../steps/submit-evidence/plan.ts';
import { aDeployment, anArtifact, artifactSetOf, configOf } from '../test/support/evidence.ts';

/**
 * How large the objects of a record are, and how many requests it takes from its opening to its seal, in the cluster that
 * KUBECONFIG names. The records stay: delete the namespace.
 * Usage: tsx bench/ledger-size.ts NAMESPACE [artifacts ...]
 */
const [namespace = 'default', ...sizes] = process.argv.slice(2);
const CONCURRENCY = 16;
const { jet: settings } = Configuration.parse(configOf({ url: 'http://localhost:8080' }));

for (const count of sizes.length > 0 ? sizes.map(Number) : [10, 200, 2000]) await measure(count);

async function measure(count: number): Promise<void> {
  const written = { requests: 0, ms: 0 };
  const records = createDeploymentRecords(namespace);
  const parts = createDeploymentRecordParts(namespace);
  const ledger = createKubernetesLedger(
    { ...records, create: counted(records.create), replaceStatus: counted(records.replaceStatus) },
    { ...parts, create: counted(parts.create), replaceStatus: counted(parts.replaceStatus) },
  );
  const id = randomBytes(8).toString('hex');
  const deployment = { ...aDeployment(), id };
  const set = artifactSetOf(Array.from({ length: count }, (_, index) => anArtifact(`image-${index}`)));
  const deliveries = planEvidence(deployment, set, settings, 'https://jet.example.com/api/v0.0/deploy/generic/publish');
  const images = set.artifacts.map(({ image }) => image);
  const at = new Date().toISOString();
  const started = performance.now();
  const planned = await ledger.apply(id, [
    { type: 'open', at, run: 'bench', deployment },
    { type: 'plan', at, step: STEP, artifacts: 'known', images, deliveries },
  ]);
  const about = { at, step: STEP, owner: 'bench/1', keyHonoured: true } as const;
  // As submit-evidence does: in the order of the record.
  const subjects = planned.deliveries.map(({ subject }) => subject);
  const lanes = Array.from({ length: CONCURRENCY * 2 }, (_, lane) =>
    subjects.filter((__, at) => at % (CONCURRENCY * 2) === lane),
  );
  await Promise.all(lanes.map(lane => work(lane)));
  await ledger.apply(id, [{ type: 'seal', at }]);
  const tookMs = Math.round(performance.now() - started);
  const sizesOf = await storedSizes(id);
  process.stdout.write(
    `${count} artifacts: ${sizesOf.length} objects, the largest ${Math.max(...sizesOf)} kB, ${sizesOf.reduce((a, b) => a + b)} kB in all; ` +
      `${written.requests} writes of ${Math.round(written.ms / written.requests)} ms, ${tookMs} ms\n`,
  );

  async function work(lane: readonly string[]): Promise<void> {
    const leaseUntil = new Date(Date.now() + 60_000).toISOString();
    for (const subject of lane) {
      const claim: Change = { type: 'claim', ...about, subject, leaseUntil };
      await ledger.apply(id, [claim]);
      const told = {
        httpStatus: 201,
        responseId: `jet-${subject.length}`,
        detail: 'recorded',
        attempts: 1,
        repeats: 0,
      };
      await ledger.apply(id, [{ type: 'result', ...about, subject, result: { state: 'accepted', ...told } }]);
    }
  }

  function counted<A extends unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      const from = performance.now();
      const answer = await call(...args);
      written.requests += 1;
      written.ms += performance.now() - from;
      return answer;
    };
  }
}

/** As the API server answers, managed fields included. In kB. */
async function storedSizes(id: string): Promise<number[]> {
  const { CustomObjectsApi } = await import('../lib/clients/kubernetes-library.ts');
  const client = new CustomObjectsApi(await connection(TIMEOUT_MS));
  const of = { group: 'aftersync.dev', version: 'v1alpha1', namespace };
  const record = await client.getNamespacedCustomObject({ ...of, plural: 'deploymentrecords', name: id });
  const { parts = 0 } = (record as { status: { parts?: number } }).status;
  const names = Array.from({ length: parts }, (_, index) => `${id}-${index}`);
  const plural = 'deploymentrecordparts';
  const others = await Promise.all(names.map(name => client.getNamespacedCustomObject({ ...of, plural, name })));
  return [record, ...others].map(object => Math.round(Buffer.byteLength(JSON.stringify(object)) / 1024));
}
