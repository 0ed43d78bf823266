import { readAlertSettings } from '../../lib/alerts/settings.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { namespaceOf } from '../../lib/ledger/open.ts';
import { tellMetrics } from '../../lib/metrics/values.ts';
import { type Format, printAs } from '../../lib/output/format.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import { connectAlerts } from '../alert/clients.ts';
import { type AlertTending, tendAlerts } from './alerts.ts';
import { connectReconcile, connectTending } from './clients.ts';
import { reconcileMetrics } from './metrics.ts';
import { toDocument, toNames, toText } from './report.ts';
import { configurationAlarm, failureAlarms, ignoredAlarms, isStanding } from './standing.ts';
import { type ReconcileOutput, reconcile } from './step.ts';

export interface Flags {
  config?: string;
  template: string;
  output?: Format;
  dryRun?: boolean;
  metricsOut?: string;
}

/** For the messages of all alerts; a share of the time that workflow-templates/scheduled/reconcile.yaml gives it. */
const TELLING_SECONDS = 90;
const RETENTION_DAYS = 14;

/** Alerts are tended whatever else fails: with a configuration that no step can read, and with a cluster that answers in part alone. */
export async function run(flags: Flags): Promise<void> {
  const { config, dryRun = false, metricsOut } = flags;
  const namespace = namespaceOf(process.env);
  const now = new Date().toISOString();
  const { alerts: channels, configuration } = await readAlertSettings(config);
  const compared =
    configuration instanceof Failure ? configuration : await compare(configuration, flags, namespace, now);
  if (dryRun) return await end(flags, compared, null);

  const { alerts } = connectAlerts('kubernetes', channels, TELLING_SECONDS);
  const output = compared instanceof Failure ? null : compared;
  const settings = configuration instanceof Failure ? null : configuration.reconcile;
  const instance = settings?.instance ?? '';
  const tended = await tendAlerts(
    {
      seen: output,
      standing:
        configuration instanceof Failure
          ? [configurationAlarm(configuration)]
          : [
              ...failureAlarms(compared instanceof Failure ? [compared] : compared.failed, instance),
              ...ignoredAlarms(output?.ignored ?? [], configuration.environments, instance),
            ],
      isStanding: name => isStanding(name, output !== null),
      instance,
      namespace,
      now,
      retentionDays: settings?.alertRetentionDays ?? RETENTION_DAYS,
    },
    { ...connectTending(namespace), alerts },
  );
  if (!(configuration instanceof Failure) && output !== null && metricsOut !== undefined) {
    const about = { environment: configuration.environments.default, now, deadLetters: tended.deadLetters };
    const kept = (await alerts.store.list(() => {})).map(({ alert }) => alert);
    await tellMetrics(reconcileMetrics(output, kept, about), metricsOut);
  }
  await end(flags, compared, tended);
}

/** @returns why nothing could be compared, where it is known */
async function compare(
  { reconcile: settings, ignore, archive, retention }: Configuration,
  { template, dryRun = false }: Flags,
  namespace: string,
  now: string,
): Promise<ReconcileOutput | Failure> {
  const archiveAfterDays = archive?.afterDays ?? retention?.days ?? null;
  const input = { settings, ignorable: ignore.allowed, archiveAfterDays, namespace, template, now, dryRun };
  try {
    return await reconcile(input, connectReconcile(namespace));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** @throws Failure why nothing was compared, else the first of what failed; what is worth another try at once comes first */
async function end({ output: format }: Flags, compared: ReconcileOutput | Failure, tended: AlertTending | null) {
  if (compared instanceof Failure) throw compared;
  await printAs(format, {
    text: () => toText(compared, tended),
    names: () => toNames(compared),
    document: () => toDocument(compared, tended),
  });
  const failed = [...compared.failed, ...(tended?.failed ?? [])];
  const failure = failed.find(({ exitCode }) => exitCode === ExitCode.transient) ?? failed[0];
  if (failure !== undefined) throw failure;
}
