import { type Command, Option } from 'commander';
import { ledgerOption } from '../lib/ledger/flags.ts';

/** Where records are read from. */
export interface SourceFlags {
  file: string[];
  ledger?: string;
  archive?: boolean;
  scope?: string;
  config?: string;
}

export const repeated = (value: string, earlier: string[]): string[] => [...earlier, value];

/** The flags of every command that reads records. */
export function withSource(program: Command): Command {
  const isConfigured = program.options.some(({ long }) => long === '--config');
  program
    .option(
      '--file <file>',
      'export of kubectl or of this command, YAML or JSON; may be given several times',
      repeated,
      [],
    )
    .addOption(ledgerOption())
    .option('--archive', 'also those that have left the cluster, from the archive of the configuration')
    .option('--scope <scope>', 'of the archive only: instance, instance/namespace, instance/namespace/application', '');
  if (isConfigured) return program;
  return program.addOption(
    new Option('--config <file>', 'configuration document, for --archive').env('AFTERSYNC_CONFIG'),
  );
}
