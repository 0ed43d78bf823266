import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { createArtifactory } from '../lib/clients/artifactory.ts';
import { Configuration } from '../lib/contracts/configuration.ts';
import { createBudget } from '../lib/runtime/budget.ts';
import { byDigest, manifestQuery, toBatches } from '../steps/jfrog-lookup/aql.ts';
import { createHosting } from '../steps/jfrog-lookup/locations.ts';
import { lookUp } from '../steps/jfrog-lookup/step.ts';
import { anImage, configOf } from '../test/support/evidence.ts';
import type { Figure } from './figure.ts';
import { inTurn, median, pairedRatio } from './statistics.ts';
import { milliseconds } from './table.ts';

const LATENCY_MS = 50;
const IMAGES = 500;
const PROPERTIES = 'jetId sealId artifactId artifactLocation projectName repoName branch commitId'.split(' ');

/** An Artifactory that waits and then knows every digest that it is asked for; in a thread of its own. */
const SERVER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { text } = require('node:stream/consumers');
  const server = require('node:http').createServer(async (request, response) => {
    const query = await text(request);
    const properties = workerData.properties.map(key => ({ key, value: key === 'sealId' ? '107647' : key }));
    const item = sha256 => ({ repo: 'docker', path: 'shop/' + sha256.slice(0, 8) + '/1.0.0', name: 'manifest.json', sha256, created: '2026-11-01T00:00:00Z', properties });
    const results = [...query.matchAll(/"sha256":"([0-9a-f]{64})"/g)].map(([, sha256]) => item(sha256));
    const answer = JSON.stringify({ results, range: { total: results.length } });
    setTimeout(() => response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer), workerData.latencyMs);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

export const jfrogLookup: Figure = {
  description: `jfrog-lookup of ${IMAGES} images at ${LATENCY_MS} ms latency, beside 10 bare calls, two at a time`,
  rounds: 7,
  async measure(rounds) {
    const server = new Worker(SERVER, { eval: true, workerData: { latencyMs: LATENCY_MS, properties: PROPERTIES } });
    const port = await new Promise<number>(resolve => server.once('message', resolve));
    const baseUrl = `http://127.0.0.1:${port}/artifactory`;
    const owed = Array.from({ length: IMAGES }, (_, index) => anImage(`image-${index}`));
    const { artifactory: settings } = Configuration.parse(configOf({ url: 'http://localhost:1' }));
    const queries = toBatches(
      owed.map(({ digest }) => byDigest(digest ?? '')),
      settings.batchSize,
    ).map(manifestQuery);
    const access = {
      baseUrl,
      authorization: 'Bearer none',
      credentials: 'none',
      entry: {
        key: 'registry.example.com',
        username: '',
        password: 'none',
        identityToken: null,
        registryToken: null,
        fault: null,
      },
    };
    const { ours, reference } = await inTurn(rounds, {
      ours: () =>
        timed(async () => {
          const budget = createBudget(60);
          const artifactory = createArtifactory({ ...access, ...settings, budget });
          const { set } = await lookUp({ deploymentId: 'x', owed, unchanged: [] }, settings, () => ({
            url: baseUrl,
            artifactory,
            hosting: createHosting(settings.repositories, access),
          }));
          if (set.artifacts.some(({ outcome }) => outcome !== 'resolved')) throw new Error('not every image was found');
        }),
      reference: () =>
        timed(async () => {
          const limit = pLimit(2);
          const post = (body: string) => fetch(`${baseUrl}/api/search/aql`, { method: 'POST', body });
          await Promise.all(queries.map(query => limit(async () => (await post(query)).text())));
        }),
    });
    await server.terminate();
    const ratio = pairedRatio(ours, reference);
    const what = `jfrog-lookup, ${IMAGES} images, ${LATENCY_MS} ms latency`;
    const beside = `${queries.length} calls, two at a time: ${milliseconds(median(reference))}`;
    return [
      { what, ours: milliseconds(median(ours)), reference: beside, ratio, target: '<= 1.5 x', holds: ratio <= 1.5 },
    ];
  },
};

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
