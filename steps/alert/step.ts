import { type AlertClients, raise, resolve } from '../../lib/alerts/raise.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import type { Run } from '../../lib/run/run.ts';
import { type Decision, decide } from './decision.ts';
import { identityOf } from './identity.ts';

export interface Input {
  run: Run;
  /** Text of the event; null where there is none. */
  event: string | null;
  workflowsUrl: Configuration['alerts']['workflowsUrl'];
  /** Say what would be told, and neither keep nor tell it. */
  dryRun: boolean;
}

export interface Clients {
  ledger: () => Ledger;
  alerts: AlertClients;
}

export interface Output {
  /** null where there is none: nothing is missing, and nothing was. */
  alert: DeploymentAlert | null;
  /** One sentence for a person. */
  said: string;
}

/**
 * Raises the alert of the run's operation, or resolves it. Running it twice tells nobody twice: there is one alert for each
 * operation, and it holds who was told what. A channel that cannot be told changes nothing but the alert's status.
 */
export async function alert(input: Input, { ledger, alerts }: Clients): Promise<Output> {
  const { run, event, workflowsUrl, dryRun } = input;
  const identity = identityOf(run, event);
  if (identity === null) return { alert: null, said: 'neither event nor Workflow tells which operation this is' };
  const { operation } = identity;
  const decision = await decide({
    run,
    identity,
    record: async () => (operation === null ? null : await ledger().read(operation)),
    workflowUrl: workflowUrlOf(workflowsUrl, run),
    at: alerts.now(),
  });
  if (decision.kind === 'leave') return { alert: null, said: decision.why };
  if (dryRun) return { alert: null, said: `dry run, nobody is told: ${rehearsed(decision)}` };
  const kept =
    decision.kind === 'raise'
      ? await raise(decision.alarm, alerts)
      : await resolve(decision.name, decision.found, alerts);
  return { alert: kept, said: kept === null ? 'nothing is missing' : sentenceOf(kept) };
}

const rehearsed = (decision: Exclude<Decision, { kind: 'leave' }>): string =>
  decision.kind === 'raise' ? `${decision.alarm.cause.what}; ${decision.alarm.cause.remedy}` : 'nothing is missing';

function workflowUrlOf(base: string | undefined, { namespace, workflow }: Run): string | null {
  if (base === undefined || namespace === null || workflow === null) return null;
  return `${base.replace(/\/$/, '')}/workflows/${encodeURIComponent(namespace)}/${encodeURIComponent(workflow)}`;
}

export function sentenceOf({ state, latest, channels }: DeploymentAlert): string {
  const failed = channels.filter(channel => channel.state === 'failed');
  const told = channels.filter(channel => channel.state === (state === 'firing' ? 'sent' : 'resolved'));
  const whom = channels.length === 0 ? ['no channel is configured'] : told.map(({ name }) => `${name} is told`);
  return [`${state}: ${latest}`, ...whom, ...failed.map(({ name, detail }) => `${name} FAILED: ${detail}`)].join('; ');
}
