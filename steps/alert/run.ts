import { existsSync } from 'node:fs';
import { readAlertSettings } from '../../lib/alerts/settings.ts';
import { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import type { RunFlags } from '../../lib/run/flags.ts';
import { readRun } from '../../lib/run/read-run.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { readInput, writeArtifact } from '../../lib/runtime/files.ts';
import { say } from '../../lib/runtime/program.ts';
import { connectAlerts } from './clients.ts';
import { alert } from './step.ts';

export interface AlertFlags extends RunFlags {
  eventFile?: string;
  ledger?: string;
  config?: string;
  dryRun?: boolean;
}

/** The step with files, environment and clock. @param out where the alert is written, where there is one */
export async function run(flags: AlertFlags, out: string): Promise<void> {
  const { eventFile, ledger, config, dryRun = false } = flags;
  const { alerts: settings, configuration } = await readAlertSettings(config);
  if (configuration instanceof Failure)
    say(
      `alert: ${settings.channels.length === 0 ? 'no channel is told' : 'the channels are told'}: ${configuration.message}`,
    );
  const event = eventFile !== undefined && existsSync(eventFile) ? await readInput(eventFile, '--event-file') : null;
  const input = {
    run: await readRun(flags),
    event,
    workflowsUrl: settings.workflowsUrl,
    dryRun,
  };
  const output = await alert(input, connectAlerts(ledger, settings));
  if (output.alert !== null) await writeArtifact(DeploymentAlert, out, output.alert);
  say(`alert: ${output.said}`);
}
