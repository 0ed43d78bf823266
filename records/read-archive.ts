import pLimit from 'p-limit';
import type { Archive } from '../lib/archive/archive.ts';
import { openArchive } from '../lib/archive/open.ts';
import type { ArchivedRecord, Scope } from '../lib/archive/record-key.ts';
import { readConfiguration } from '../lib/runtime/configuration.ts';
import { badInput } from '../lib/runtime/failure.ts';
import { type Collection, collect } from './collection.ts';

/** What is asked for. Less is read where it is said. */
export interface Wanted {
  /** The one record. */
  id?: string;
  /** Operations that started since, in milliseconds since 1970. */
  sinceMs?: number | undefined;
}

const AT_A_TIME = 16;

/**
 * Records that have left the cluster, from the archive that the configuration names.
 * @param scope of --scope: instance, instance/namespace or instance/namespace/application
 * @throws Failure 2 where no archive is configured; 1 where an object is damaged; 75 where it does not answer
 */
export async function readArchive(config: string | undefined, scope: string, wanted: Wanted): Promise<Collection> {
  const { archive: settings } = await readConfiguration(config);
  if (settings === undefined)
    throw badInput('No archive', '--archive', 'name the configuration that has one: --config, `archive`');
  const archive = openArchive(settings);
  if (wanted.id !== undefined) return collect((await archive.read(wanted.id)) ?? []);
  const limit = pLimit(AT_A_TIME);
  const found = await listed(archive, scope, wanted);
  return collect((await Promise.all(found.map(record => limit(() => archive.open(record))))).flat());
}

async function listed(archive: Archive, scope: string, { sinceMs = 0 }: Wanted): Promise<ArchivedRecord[]> {
  const found: ArchivedRecord[] = [];
  for await (const record of archive.list(parseScope(scope)))
    if (Date.parse(record.startedAt) >= sinceMs) found.push(record);
  return found;
}

function parseScope(text: string): Scope {
  const parts = text.split('/').filter(part => part !== '');
  if (parts.length > 3)
    throw badInput(
      'No such scope',
      `--scope=${text}`,
      'it is instance, instance/namespace or instance/namespace/application',
    );
  const [instance, namespace, name] = parts;
  return { instance, namespace, name };
}
