import { Option } from 'commander';
import { namespaceOf } from '../../lib/ledger/open.ts';
import { metricsOption, tellMetrics } from '../../lib/metrics/values.ts';
import { type Format, outputOption, printAs } from '../../lib/output/format.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { commandLine, runProgram, runWhenInvoked } from '../../lib/runtime/program.ts';
import { POST_DEPLOYMENT } from '../../lib/workflows/post-deployment.ts';
import { connectAlerts } from '../alert/clients.ts';
import { tendAlerts } from './alerts.ts';
import { connectReconcile, connectTending } from './clients.ts';
import { reconcileMetrics } from './metrics.ts';
import { toDocument, toNames, toText } from './report.ts';
import { reconcile } from './step.ts';

interface Flags {
  config?: string;
  template: string;
  output?: Format;
  dryRun?: boolean;
  metricsOut?: string;
}

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
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run({ config, template, output: format, dryRun = false, metricsOut }: Flags): Promise<void> {
  const { reconcile: settings, environments, archive, retention, alerts: channels } = await readConfiguration(config);
  const namespace = namespaceOf(process.env);
  const now = new Date().toISOString();
  const archiveAfterDays = archive?.afterDays ?? retention?.days ?? null;
  const output = await reconcile(
    { settings, archiveAfterDays, namespace, template, now, dryRun },
    connectReconcile(namespace),
  );
  const { alerts } = connectAlerts('kubernetes', channels);
  const tended = dryRun
    ? null
    : await tendAlerts(
        { seen: output, instance: settings.instance, now, retentionDays: settings.alertRetentionDays },
        { ...connectTending(namespace), alerts },
      );
  await printAs(format, {
    text: () => toText(output, tended),
    names: () => toNames(output),
    document: () => toDocument(output, tended),
  });
  if (tended !== null && metricsOut !== undefined) {
    const about = { environment: environments.default, now, deadLetters: tended.deadLetters };
    const kept = (await alerts.store.list()).map(({ alert }) => alert);
    await tellMetrics(reconcileMetrics(output, kept, about), metricsOut);
  }
  if (output.failure !== null) throw output.failure;
}

await runWhenInvoked(import.meta.url, main);
