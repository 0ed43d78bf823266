/**
 * How large the objects of a record are, and how many writes it takes from its opening to its seal, in the cluster that
 * KUBECONFIG names, where a namespace is made and deleted:
 *
 *   npx tsx bench/ledger-size.ts [ARTIFACTS ...]        default: 10, 200 and 2000
 */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { createCustomObjects } from '../lib/clients/custom-objects.ts';
import { aDeployment } from '../test/support/evidence.ts';
import { countedLedger } from './support/counted-ledger.ts';
import { printFigure, printSkipped } from './support/figures.ts';
import { withNamespace } from './support/namespace.ts';
import { storeAt, submit } from './support/operation.ts';
import { openWaitingStore } from './support/waiting-store.ts';

const sizes = process.argv.slice(2).map(Number);
/** etcd takes no larger request: https://etcd.io/docs/v3.6/dev-guide/limit/ */
const LIMIT_KB = 1536;
const TYPE = { group: 'aftersync.dev', version: 'v1alpha1' };
const Stored = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

async function measure(namespace: string, count: number): Promise<void> {
  const { ledger, written } = countedLedger(namespace);
  const waiting = await openWaitingStore(50);
  const id = randomBytes(8).toString('hex');
  const tookMs = await submit(ledger, { ...aDeployment(), id }, count, storeAt(waiting.url, 16));
  await waiting.close();
  const objects = await storedSizes(namespace, id);
  const largest = Math.max(...objects);
  const all = objects.reduce((a, b) => a + b);
  const figure = `ledger, a record of ${count} artifacts`;
  printFigure(`${figure}: its largest object`, `${largest} kB`, `etcd's limit ${LIMIT_KB} kB`, largest / LIMIT_KB);
  const single = 2 + 2 * count;
  printFigure(`${figure}: writes`, `${written.requests}`, `one for each change ${single}`, written.requests / single);
  const eachMs = Math.round(written.ms / written.requests);
  process.stdout.write(
    `  ${objects.length} objects, ${all} kB in all; ${eachMs} ms a write, ${Math.round(tookMs)} ms\n`,
  );
}

/** As the API server answers, managed fields included. In kB. */
async function storedSizes(namespace: string, id: string): Promise<number[]> {
  const kinds = [
    { ...TYPE, plural: 'deploymentrecords', kind: 'DeploymentRecord' },
    { ...TYPE, plural: 'deploymentrecordparts', kind: 'DeploymentRecordPart' },
  ];
  const found = await Promise.all(kinds.map(type => createCustomObjects(type, namespace).list()));
  const ours = found.flat().filter(object => Stored.parse(object).metadata.name.startsWith(id));
  return ours.map(object => Math.round(Buffer.byteLength(JSON.stringify(object)) / 1024));
}

if (process.env.KUBECONFIG)
  await withNamespace(async namespace => {
    for (const count of sizes.length > 0 ? sizes : [10, 200, 2000]) await measure(namespace, count);
  });
else printSkipped('ledger, objects and writes', 'KUBECONFIG names no cluster');
