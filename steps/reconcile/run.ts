import { namespaceOf } from '../../lib/ledger/open.ts';
import { tellMetrics } from '../../lib/metrics/values.ts';
import { type Format, printAs } from '../../lib/output/format.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { connectAlerts } from '../alert/clients.ts';
import { tendAlerts } from './alerts.ts';
import { connectReconcile, connectTending } from './clients.ts';
import { reconcileMetrics } from './metrics.ts';
import { toDocument, toNames, toText } from './report.ts';
import { reconcile } from './step.ts';

export interface Flags {
  config?: string;
  template: string;
  output?: Format;
  dryRun?: boolean;
  metricsOut?: string;
}

export async function run({ config, template, output: format, dryRun = false, metricsOut }: Flags): Promise<void> {
  const { reconcile: settings, environments, archive, retention, alerts: channels } = await readConfiguration(config);
  const namespace = namespaceOf(process.env);
  const now = new Date().toISOString();
  const archiveAfterDays = archive?.afterDays ?? retention?.days ?? null;
  const output = await reconcile(
    { settings, archiveAfterDays, namespace, template, now, dryRun },
    connectReconcile(namespace),
  );
  const alerts = dryRun ? null : connectAlerts('kubernetes', channels).alerts;
  const tended =
    alerts &&
    (await tendAlerts(
      { seen: output, instance: settings.instance, now, retentionDays: settings.alertRetentionDays },
      { ...connectTending(namespace), alerts },
    ));
  await printAs(format, {
    text: () => toText(output, tended),
    names: () => toNames(output),
    document: () => toDocument(output, tended),
  });
  if (alerts !== null && tended !== null && metricsOut !== undefined) {
    const about = { environment: environments.default, now, deadLetters: tended.deadLetters };
    const kept = (await alerts.store.list()).map(({ alert }) => alert);
    await tellMetrics(reconcileMetrics(output, kept, about), metricsOut);
  }
  if (output.failure !== null) throw output.failure;
}
