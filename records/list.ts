import { traitsOf } from '../lib/contracts/deployment.ts';
import type { DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import type { DeploymentRecord } from '../lib/contracts/deployment-record.ts';
import { summaryOf } from '../lib/contracts/deployment-record-summary.ts';
import { wholeOf } from '../lib/ledger/stored-record.ts';
import { textTable } from '../lib/output/text-table.ts';
import type { KeptRecord } from './collection.ts';
import { changeRequestOf, stateOf } from './filter.ts';

type Column = [title: string, cell: (whole: DeploymentRecord) => string];

const NARROW: readonly Column[] = [
  ['ID', ({ id }) => id],
  ['APP', ({ deployment }) => deployment.source.name],
  ['ENV', ({ deployment }) => deployment.targetEnvironment],
  ['PHASE', ({ deployment }) => deployment.operation.phase],
  ['ARTIFACTS', whole => String(summaryOf(whole).artifacts)],
  ['SUBMITTED', whole => String(summaryOf(whole).submitted)],
  ['STATE', stateOf],
  ['CHANGE', whole => changeRequestOf(whole) ?? ''],
  ['STARTED', ({ deployment }) => deployment.operation.startedAt],
];

const FURTHER: readonly Column[] = [
  ['INSTANCE', ({ deployment }) => deployment.source.instance],
  ['NAMESPACE', ({ deployment }) => deployment.source.namespace],
  ['INITIATOR', ({ deployment }) => deployment.initiator.name],
  ['REVISION', ({ deployment }) => deployment.sources.map(({ revision }) => revision?.slice(0, 12) ?? '?').join(',')],
  ['KIND', ({ deployment }) => traitsOf(deployment).join(', ')],
  ['RUNS', ({ runs }) => String(runs)],
  ['HEAD', ({ head }) => head?.slice(0, 12) ?? ''],
];

/** What has an alert and no record, by the titles of the columns. */
const WITHOUT_RECORD: Readonly<Record<string, (alert: DeploymentAlert) => string>> = {
  ID: ({ name }) => name,
  APP: ({ application }) => application?.name ?? '',
  ENV: ({ environment }) => environment ?? '',
  STATE: () => 'no record',
  STARTED: ({ since }) => since,
  INSTANCE: ({ instance }) => instance,
  NAMESPACE: ({ application }) => application?.namespace ?? '',
};

/** One line a record, the newest first, and one for each alert of what has none. */
export function listOf(records: readonly KeptRecord[], unrecorded: readonly DeploymentAlert[], wide: boolean): string {
  const columns = wide ? [...NARROW, ...FURTHER] : NARROW;
  const rows = records.map(kept => columns.map(([, cell]) => cell(wholeOf(kept))));
  return textTable(
    columns.map(([title]) => title),
    [...rows, ...unrecorded.map(alert => columns.map(([title]) => WITHOUT_RECORD[title]?.(alert) ?? ''))],
  );
}
