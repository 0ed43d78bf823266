import { openAlerts } from '../../lib/alerts/open.ts';
import { createReceivers } from '../../lib/alerts/receiver.ts';
import { readAlertSecrets } from '../../lib/alerts/secrets.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { openLedger } from '../../lib/ledger/open.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { say } from '../../lib/runtime/program.ts';
import type { Clients } from './step.ts';

/** All channels together: the exit handler does not wait longer for them. */
const BUDGET_SECONDS = 20;

/** Ledger, alerts and channels by the flags of a program. */
export const connectAlerts = (ledger: string | undefined, { channels }: Configuration['alerts']): Clients => ({
  ledger: () => openLedger(ledger),
  alerts: {
    store: openAlerts(ledger),
    receivers: createReceivers(channels, readAlertSecrets(), createBudget(BUDGET_SECONDS)),
    now: () => new Date().toISOString(),
  },
});

/** A configuration that cannot be read is a reason to alert, so it must not stop the alert: nobody is told but the cluster. */
export async function readAlertSettings(config: string | undefined): Promise<Configuration['alerts']> {
  try {
    return (await readConfiguration(config)).alerts;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`alert: no channel is told: ${error.message}`);
    return { channels: [] };
  }
}
