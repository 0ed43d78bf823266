import { Option } from 'commander';
import { metricsOption } from '../../lib/metrics/flag.ts';
import { outputOption } from '../../lib/output/format.ts';
import { commandLine, runProgram, runWhenInvoked } from '../../lib/runtime/program.ts';
import { POST_DEPLOYMENT } from '../../lib/workflows/template-name.ts';
import type { Flags } from './run.ts';

const HELP = `
Example:
  AFTERSYNC_NAMESPACE=argocd npx tsx steps/reconcile/cli.ts --dry-run --config=steps/reconcile/samples/config.yaml

Exit codes: 0 done, 1 refused or incomplete, 2 bad input or configuration, 75 try again.`;

export const createProgram = () =>
  commandLine(
    'reconcile',
    'Starts the pipeline for every sync operation that has no record, or an incomplete one.',
    HELP,
  )
    .addOption(new Option('--config <file>', 'configuration document').env('AFTERSYNC_CONFIG'))
    .addOption(
      new Option('--template <name>', 'ClusterWorkflowTemplate that is started')
        .env('AFTERSYNC_WORKFLOW_TEMPLATE')
        .default(POST_DEPLOYMENT),
    )
    .option('--dry-run', 'print what would be started and why; start nothing, tell nobody')
    .addOption(metricsOption())
    .addOption(outputOption('the Workflows that are started'))
    .action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
