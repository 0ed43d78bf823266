import { openAlerts } from '../lib/alerts/open.ts';
import type { DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import { say } from '../lib/runtime/program.ts';
import type { Collection } from './collection.ts';
import type { Filter } from './filter.ts';
import type { SourceFlags } from './source-flags.ts';

/**
 * Alerts that fire of what has no record: a run that failed before it could open one, an event that could not start one.
 * @throws Failure 2, 75 as the store of the alerts
 */
export async function unrecorded(
  { records, findings, alerts }: Collection,
  { file, ledger }: SourceFlags,
  filter: Filter,
): Promise<DeploymentAlert[]> {
  const isLedger = file.length === 0 && ledger !== undefined && ledger !== '';
  const found = isLedger
    ? (await openAlerts(ledger).list(({ message }) => say(`records: ${message}`))).map(({ alert }) => alert)
    : alerts;
  const known = new Set([...records.map(({ record }) => record.id), ...findings.map(({ record }) => record)]);
  return found.filter(alert => alert.state === 'firing' && !known.has(alert.operation ?? '') && matches(alert, filter));
}

/** Nobody knows which images it is about, or which change. */
function matches({ application, environment, since }: DeploymentAlert, filter: Filter): boolean {
  const { namespace, name } = application ?? {};
  const tests = [
    filter.application === undefined || [name, `${namespace}/${name}`].includes(filter.application),
    filter.namespace === undefined || namespace === filter.namespace,
    filter.environment === undefined || environment === filter.environment,
    filter.changeRequest === undefined && filter.digest === undefined && filter.image === undefined,
    filter.sinceMs === undefined || Date.parse(since) >= filter.sinceMs,
  ];
  return tests.every(Boolean);
}
