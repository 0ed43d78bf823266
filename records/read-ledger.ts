import { readdir } from 'node:fs/promises';
import type { ResourceType } from '../lib/clients/custom-objects.ts';
import { createObjectPages } from '../lib/clients/object-pages.ts';
import { namespaceOf, openLedger } from '../lib/ledger/open.ts';
import type { StoredRecord } from '../lib/ledger/stored-record.ts';
import { badInput } from '../lib/runtime/failure.ts';
import { type Collection, collect } from './collection.ts';
import { toResources } from './resource.ts';

const GROUP = { group: 'aftersync.dev', version: 'v1alpha1' };
/** Objects a page: a record may have half a megabyte. */
const PAGE = 100;
const TYPES: readonly ResourceType[] = [
  { ...GROUP, plural: 'deploymentrecords', kind: 'DeploymentRecord' },
  { ...GROUP, plural: 'deploymentrecordparts', kind: 'DeploymentRecordPart' },
];

/**
 * Every record of the ledger that --ledger or AFTERSYNC_LEDGER names.
 * @throws Failure 2 where none is named; 75 the cluster does not answer
 */
export async function readLedger(location: string | undefined): Promise<Collection> {
  if (location === undefined || location === '')
    throw badInput(
      'No records',
      '--file, --ledger',
      'name an export, a directory or `kubernetes`, or set AFTERSYNC_LEDGER',
    );
  return location === 'kubernetes' ? collect(await readCluster()) : readDirectory(location);
}

/** As the API server holds them, so that what was written by hand is seen as it is. */
async function readCluster(): Promise<unknown[]> {
  const namespace = namespaceOf(process.env);
  const pages = createObjectPages();
  const objects: unknown[] = [];
  for (const type of TYPES)
    for await (const page of pages.whole(type, { namespace, limit: PAGE }))
      objects.push(...page.map(object => typed(object, type)));
  return objects;
}

/** The API server leaves out of a list what every item of it is. */
const typed = (object: unknown, { group, version, kind }: ResourceType): object => ({
  ...(object as object),
  apiVersion: `${group}/${version}`,
  kind,
});

async function readDirectory(directory: string): Promise<Collection> {
  const ledger = openLedger(directory);
  const objects: unknown[] = [];
  const witnesses = new Map<string, StoredRecord['witnesses']>();
  for (const id of await idsIn(directory)) {
    const stored = await ledger.readStored(id);
    if (stored === null) continue;
    objects.push(...toResources(stored));
    witnesses.set(id, stored.witnesses);
  }
  const { records, ...rest } = collect(objects);
  return { ...rest, records: records.map(kept => ({ ...kept, witnesses: witnesses.get(kept.record.id) ?? [] })) };
}

async function idsIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).flatMap(name => /^([0-9a-f]{16})\.jsonl$/.exec(name)?.[1] ?? []);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badInput('Ledger cannot be read', `--ledger=${directory} (${code})`, 'name the directory of the records');
  }
}
