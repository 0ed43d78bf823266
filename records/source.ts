import { badInput } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { type Collection, collect, join } from './collection.ts';
import { parseExport } from './export.ts';
import { readArchive, type Wanted } from './read-archive.ts';
import { readLedger } from './read-ledger.ts';
import type { SourceFlags } from './source-flags.ts';

/**
 * Reads the files that are given, or the ledger where there are none, and then the archive where it is asked for.
 * @throws Failure 2 where nothing names a place, or it holds no record
 */
export async function readSource(flags: SourceFlags, wanted: Wanted = {}): Promise<Collection> {
  const { file, ledger, archive, scope = '', config } = flags;
  if (!archive) return readHere(flags);
  const isHere = file.length > 0 || (ledger !== undefined && ledger !== '');
  const here = isHere ? await readHere(flags) : { records: [], findings: [], alerts: [] };
  return join(here, await readArchive(config, scope, wanted));
}

async function readHere({ file, ledger }: SourceFlags): Promise<Collection> {
  if (file.length === 0) return readLedger(ledger);
  const objects: unknown[] = [];
  for (const path of file) objects.push(...parseExport(await readInput(path, '--file'), `--file=${path}`));
  const found = collect(objects);
  if (found.records.length === 0 && found.findings.length === 0 && found.alerts.length === 0)
    throw badInput(
      'No records',
      `--file=${file.join(', ')}`,
      'export them: kubectl get deploymentrecords,deploymentrecordparts,deploymentalerts -o yaml',
    );
  return found;
}
