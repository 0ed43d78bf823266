import { namespaceOf } from '../ledger/open.ts';
import { badInput } from '../runtime/failure.ts';
import { openDirectoryAlerts } from './directory.ts';
import { createKubernetesAlerts } from './kubernetes.ts';
import type { AlertStore } from './store.ts';

/**
 * The alerts that belong to a ledger: the resources beside the records, or a directory beside that of the records.
 * @param ledger value of --ledger or AFTERSYNC_LEDGER
 * @throws Failure 2 where none is named, or the namespace is unknown
 */
export function openAlerts(ledger: string | undefined, env: NodeJS.ProcessEnv = process.env): AlertStore {
  if (ledger === undefined || ledger === '')
    throw badInput('No ledger', '--ledger', 'name a directory or `kubernetes`, or set AFTERSYNC_LEDGER');
  if (ledger === 'kubernetes') return createKubernetesAlerts(namespaceOf(env));
  return openDirectoryAlerts(`${ledger.replace(/\/+$/, '')}-alerts`);
}
