import { type Command, Option } from 'commander';
import { toResource } from '../lib/alerts/kubernetes.ts';
import type { DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import { ledgerOption } from '../lib/ledger/flags.ts';
import { type Format, outputOption, printAs } from '../lib/output/format.ts';
import { commandLine, runProgram, runWhenInvoked, say } from '../lib/runtime/program.ts';
import { count } from '../lib/wording.ts';
import { type Flags as AcceptFlags, accept } from './accept.ts';
import { type Collection, type KeptRecord, recordOf } from './collection.ts';
import { type Filter, select } from './filter.ts';
import { listOf } from './list.ts';
import { toResources } from './resource.ts';
import { showOf } from './show.ts';
import { parseSince } from './since.ts';
import { readSource } from './source.ts';
import { type SourceFlags, withSource } from './source-flags.ts';
import { unrecorded } from './unrecorded.ts';

interface ListFlags extends SourceFlags, Omit<Filter, 'sinceMs'> {
  since?: string;
  output?: Format | 'wide';
}
interface ShowFlags extends SourceFlags {
  output?: Format;
}

const HELP = `
Examples:
  AFTERSYNC_NAMESPACE=argocd aftersync records list --ledger kubernetes --environment production --since 30d
  aftersync records list --file records.json --digest sha256:4f5e --output name
  aftersync records show 3f1c9a0b7d2e4f68 --file records.json
  aftersync records accept 3f1c9a0b7d2e4f68 --reason "Seen in the audit log of Argo CD, INC0012345"

What -o yaml and -o json print is an export: --file of this and of the other commands reads it.

Exit codes: 0 done, 2 bad input or no such record, 75 the cluster does not answer.`;

const NAMES = 'deploymentrecord.aftersync.dev/ID';

export function createProgram(): Command {
  const program = commandLine('records', 'The records of what was deployed.', HELP);
  withSource(program.command('list').description('one line a record, the newest first'))
    .option('--application <name>', 'name of the Application, or namespace/name')
    .option('--namespace <name>', 'namespace of the Application')
    .option('--environment <name>', 'target environment')
    .option('--change-request <id>', 'change request of the release event')
    .option('--digest <digest>', 'of an image that it left running: sha256:…, or the first digits')
    .option('--image <text>', 'part of the reference of an image that it left running')
    .option('--since <time>', 'synced since: 2026-11-20, 2026-11-20T10:00:00Z, 12h, 30d')
    .option('--incomplete', 'something is missing')
    .addOption(outputOption(NAMES, 'wide'))
    .action(list);
  withSource(program.command('show').description('one record, with its images and deliveries'))
    .argument('<record>', 'its name')
    .addOption(outputOption(NAMES))
    .action(show);
  program
    .command('accept')
    .description('let be sent what is held back because nothing of Argo CD confirms the sync, with a name and a reason')
    .argument('<record>', 'its name')
    .addOption(ledgerOption().default('kubernetes'))
    .addOption(
      new Option('-n, --namespace <name>', 'namespace of the pipeline').env('AFTERSYNC_NAMESPACE').default('argocd'),
    )
    .requiredOption('--reason <text>', 'how you know that it was deployed so')
    .option('--by <name>', 'who accepts it; without it who the cluster takes you for')
    .action(acceptOne);
  return program;
}

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function list({ since, output, ...flags }: ListFlags): Promise<void> {
  const sinceMs = since === undefined ? undefined : parseSince(since, Date.now());
  const collection = await readSource(flags, { sinceMs });
  const { records, findings } = collection;
  const filter = { ...flags, ...(sinceMs !== undefined && { sinceMs }) };
  const found = select(records, filter);
  const alerts = await unrecorded(collection, flags, filter);
  const unreadable = new Set(findings.map(({ record }) => record));
  if (unreadable.size > 0) say(`records: ${unreadable.size} cannot be read; aftersync verify --all says why`);
  if (alerts.length > 0)
    say(`records: ${count(alerts.length, 'alert')} of what has no record; aftersync alerts list says what`);
  const isNone = found.length === 0 && alerts.length === 0;
  if (isNone) say(`records: none of ${records.length} is like that${blindSpot(flags, collection)}`);
  if (isNone && (output === undefined || output === 'wide')) return;
  await printAs(output === 'wide' ? undefined : output, {
    text: () => listOf(found, alerts, output === 'wide'),
    names: () => [...found.map(nameOf), ...alerts.map(({ name }) => `deploymentalert.aftersync.dev/${name}`)],
    document: () => exportOf(found, alerts),
  });
}

/** What fails before its record is opened has an alert alone. */
const blindSpot = ({ file, incomplete }: ListFlags, { alerts }: Collection): string =>
  incomplete && file.length > 0 && alerts.length === 0
    ? '; the export holds no alerts: without deploymentalerts in it, what has no record is not seen'
    : '';

async function show(id: string, { output, ...flags }: ShowFlags): Promise<void> {
  const kept = recordOf(await readSource(flags, { id }), id);
  await printAs(output, {
    text: () => showOf(kept),
    names: () => [nameOf(kept)],
    document: () => exportOf([kept], []),
  });
}

async function acceptOne(id: string, { namespace, ...flags }: AcceptFlags & { namespace: string }): Promise<void> {
  const { acceptances = [] } = await accept(id, flags, { AFTERSYNC_NAMESPACE: namespace });
  const [last] = acceptances.slice(-1);
  say(`accepted ${id} at ${last?.at} by ${last?.by}: retry its Workflow, or wait for reconcile`);
}

const exportOf = (records: readonly KeptRecord[], alerts: readonly DeploymentAlert[]) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: [...records.flatMap(toResources), ...alerts.map(toResource)],
});

const nameOf = ({ record }: KeptRecord): string => `deploymentrecord.aftersync.dev/${record.id}`;

void runWhenInvoked(import.meta.url, main);
