import { readFileSync } from 'node:fs';
import { createDeploymentRecordParts } from '../clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../clients/deployment-records.ts';
import { NamespaceName } from '../contracts/primitives.ts';
import { badInput } from '../runtime/failure.ts';
import { parseAs } from '../runtime/parse.ts';
import { openDirectoryLedger } from './directory.ts';
import { createKubernetesLedger } from './kubernetes.ts';
import type { Ledger } from './ledger.ts';

const POD_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/**
 * The ledger that --ledger or AFTERSYNC_LEDGER names: `kubernetes`, or a directory.
 * @throws Failure 2 where none is named, or the namespace of the records is unknown
 */
export function openLedger(location: string | undefined, env: NodeJS.ProcessEnv = process.env): Ledger {
  if (location === undefined || location === '')
    throw badInput('No ledger', '--ledger', 'name a directory or `kubernetes`, or set AFTERSYNC_LEDGER');
  if (location === 'kubernetes') return openClusterLedger(namespaceOf(env));
  return openDirectoryLedger(location);
}

const openClusterLedger = (namespace: string): Ledger =>
  createKubernetesLedger(createDeploymentRecords(namespace), createDeploymentRecordParts(namespace));

/** The records live where the pod runs, unless AFTERSYNC_NAMESPACE says otherwise. */
export function namespaceOf({ AFTERSYNC_NAMESPACE: named }: NodeJS.ProcessEnv): string {
  const remedy = 'set it to the namespace that the records are kept in';
  return parseAs(NamespaceName, named ?? podNamespace(remedy), 'AFTERSYNC_NAMESPACE', remedy);
}

function podNamespace(remedy: string): string {
  try {
    return readFileSync(POD_NAMESPACE, 'utf8').trim();
  } catch {
    throw badInput('Namespace of the records is unknown', 'AFTERSYNC_NAMESPACE', remedy);
  }
}
