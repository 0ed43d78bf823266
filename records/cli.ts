import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { runProgram, runWhenInvoked, say } from '../lib/runtime/program.ts';
import { type KeptRecord, recordOf } from './collection.ts';
import { type Filter, select } from './filter.ts';
import { listOf } from './list.ts';
import { print } from './print.ts';
import { toResources } from './resource.ts';
import { showOf } from './show.ts';
import { parseSince } from './since.ts';
import { readSource, type SourceFlags, withSource } from './source.ts';

const FORMATS = ['json', 'yaml', 'name', 'wide'] as const;
type Format = (typeof FORMATS)[number];

interface ListFlags extends SourceFlags, Omit<Filter, 'sinceMs'> {
  since?: string;
  output?: Format;
}
interface ShowFlags extends SourceFlags {
  output?: Format;
}

const HELP = `
Examples:
  AFTERSYNC_NAMESPACE=argocd aftersync records list --ledger kubernetes --environment production --since 30d
  aftersync records list --file records.json --digest sha256:4f5e --output name
  aftersync records show 3f1c9a0b7d2e4f68 --file records.json

What -o yaml and -o json print is an export: --file of this and of the other commands reads it.

Exit codes: 0 done, 2 bad input or no such record, 75 the cluster does not answer.`;

const outputOption = (...formats: Format[]) =>
  new Option('-o, --output <format>', 'instead of a table').choices(formats);

export function createProgram(): Command {
  const program = new Command('records')
    .description('The records of what was deployed.')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  withSource(program.command('list').description('one line a record, the newest first'))
    .option('--application <name>', 'name of the Application, or namespace/name')
    .option('--namespace <name>', 'namespace of the Application')
    .option('--environment <name>', 'target environment')
    .option('--change-request <id>', 'change request of the release event')
    .option('--digest <digest>', 'of an image that it left running: sha256:…, or the first digits')
    .option('--image <text>', 'part of the reference of an image that it left running')
    .option('--since <time>', 'synced since: 2026-11-20, 2026-11-20T10:00:00Z, 12h, 30d')
    .option('--incomplete', 'something is missing')
    .addOption(outputOption(...FORMATS))
    .action(list);
  withSource(program.command('show').description('one record, with its images and deliveries'))
    .argument('<record>', 'its name')
    .addOption(outputOption('json', 'yaml', 'name'))
    .action(show);
  return program;
}

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function list({ since, output, ...flags }: ListFlags): Promise<void> {
  const sinceMs = since === undefined ? undefined : parseSince(since, Date.now());
  const { records, findings } = await readSource(flags, { sinceMs });
  const found = select(records, { ...flags, ...(sinceMs !== undefined && { sinceMs }) });
  const unreadable = new Set(findings.map(({ record }) => record));
  if (unreadable.size > 0) say(`records: ${unreadable.size} cannot be read; aftersync verify --all says why`);
  if (found.length === 0) say(`records: none of ${records.length} is like that`);
  if (found.length > 0 || output === 'json' || output === 'yaml') print(format(found, output));
}

function format(records: readonly KeptRecord[], output: Format | undefined): string {
  if (output === 'name') return records.map(nameOf).join('\n');
  if (output === 'json' || output === 'yaml')
    return document({ apiVersion: 'v1', kind: 'List', items: records.flatMap(toResources) }, output);
  return listOf(records, output === 'wide');
}

async function show(id: string, { output, ...flags }: ShowFlags): Promise<void> {
  const kept = recordOf(await readSource(flags, { id }), id);
  if (output === 'json' || output === 'yaml') print(format([kept], output));
  else print(output === 'name' ? nameOf(kept) : showOf(kept));
}

const nameOf = ({ record }: KeptRecord): string => `deploymentrecord.aftersync.dev/${record.id}`;

const document = (value: object, output: 'json' | 'yaml'): string =>
  output === 'json' ? JSON.stringify(value, null, 2) : stringify(value, { aliasDuplicateObjects: false }).trimEnd();

await runWhenInvoked(import.meta.url, main);
