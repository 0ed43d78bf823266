import { Command, Option } from 'commander';
import { namespaceOf } from '../../lib/ledger/open.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { runProgram, runWhenInvoked } from '../../lib/runtime/program.ts';
import { POST_DEPLOYMENT } from '../../lib/workflows/post-deployment.ts';
import { connectAlerts } from '../alert/clients.ts';
import { tendAlerts } from './alerts.ts';
import { connectReconcile, connectTending } from './clients.ts';
import { toJson, toText } from './report.ts';
import { reconcile } from './step.ts';

interface Flags {
  config?: string;
  template: string;
  output: 'text' | 'json';
  dryRun?: boolean;
}

const EXAMPLE =
  'AFTERSYNC_NAMESPACE=argocd npx tsx steps/reconcile/cli.ts --dry-run --config=steps/reconcile/samples/config.yaml';

export const createProgram = () =>
  new Command('reconcile')
    .description('Starts the pipeline for every sync operation that has no record, or an incomplete one.')
    .addOption(new Option('--config <file>', 'configuration document').env('AFTERSYNC_CONFIG'))
    .addOption(
      new Option('--template <name>', 'ClusterWorkflowTemplate that is started')
        .env('AFTERSYNC_WORKFLOW_TEMPLATE')
        .default(POST_DEPLOYMENT),
    )
    .option('--dry-run', 'print what would be started and why; start nothing, tell nobody')
    .addOption(new Option('-o, --output <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `\nExample:\n  ${EXAMPLE}\n\nExit codes: 0 done, 1 refused or incomplete, 2 bad input or configuration, 75 try again.`,
    )
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run({ config, template, output: format, dryRun = false }: Flags): Promise<void> {
  const { reconcile: settings, archive, retention, alerts: channels } = await readConfiguration(config);
  const namespace = namespaceOf(process.env);
  const now = new Date().toISOString();
  const archiveAfterDays = archive?.afterDays ?? retention?.days ?? null;
  const output = await reconcile(
    { settings, archiveAfterDays, namespace, template, now, dryRun },
    connectReconcile(namespace),
  );
  const tended = dryRun
    ? null
    : await tendAlerts(
        { now, retentionDays: settings.alertRetentionDays },
        { ...connectTending(namespace), alerts: connectAlerts('kubernetes', channels).alerts },
      );
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(toJson(output, tended), null, 2)}\n` : toText(output, tended),
  );
  if (output.failure !== null) throw output.failure;
}

await runWhenInvoked(import.meta.url, main);
