import { openAlerts } from '../../lib/alerts/open.ts';
import { createReceivers } from '../../lib/alerts/receiver.ts';
import { readAlertSecrets } from '../../lib/alerts/secrets.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { openLedger } from '../../lib/ledger/open.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import type { Clients } from './step.ts';

/** All channels together: the exit handler does not wait longer for them. */
const BUDGET_SECONDS = 20;

/** Ledger, alerts and channels by the flags of a program. @param budgetSeconds for all messages */
export const connectAlerts = (
  ledger: string | undefined,
  { channels }: Configuration['alerts'],
  budgetSeconds: number = BUDGET_SECONDS,
): Clients => ({
  ledger: () => openLedger(ledger),
  alerts: {
    store: openAlerts(ledger),
    receivers: createReceivers(channels, readAlertSecrets(), createBudget(budgetSeconds)),
    now: () => new Date().toISOString(),
  },
});
