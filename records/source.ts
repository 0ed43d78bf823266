import type { Command } from 'commander';
import { ledgerOption } from '../lib/ledger/open.ts';
import { badInput } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { type Collection, collect } from './collection.ts';
import { parseExport } from './export.ts';
import { readLedger } from './read-ledger.ts';

/** Where records are read from. */
export interface SourceFlags {
  file: string[];
  ledger?: string;
}

const repeated = (value: string, earlier: string[]): string[] => [...earlier, value];

/** The flags of every command that reads records. */
export const withSource = (program: Command): Command =>
  program
    .option(
      '--file <file>',
      'export of kubectl or of this command, YAML or JSON; may be given several times',
      repeated,
      [],
    )
    .addOption(ledgerOption());

/**
 * Reads the files that are given, and the ledger where there are none.
 * @throws Failure 2 where nothing names a place, or it holds no record
 */
export async function readSource({ file, ledger }: SourceFlags): Promise<Collection> {
  if (file.length === 0) return readLedger(ledger);
  const objects: unknown[] = [];
  for (const path of file) objects.push(...parseExport(await readInput(path, '--file'), `--file=${path}`));
  const found = collect(objects);
  if (found.records.length === 0 && found.findings.length === 0)
    throw badInput(
      'No records',
      `--file=${file.join(', ')}`,
      'export them: kubectl get deploymentrecords,deploymentrecordparts -o yaml',
    );
  return found;
}
