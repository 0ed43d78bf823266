import { Option } from 'commander';
import { acceptanceOf } from '../lib/acceptance.ts';
import { toResource } from '../lib/alerts/kubernetes.ts';
import { openAlerts } from '../lib/alerts/open.ts';
import { accept } from '../lib/alerts/raise.ts';
import type { DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import { ledgerOption } from '../lib/ledger/flags.ts';
import { type Format, outputOption, printAs } from '../lib/output/format.ts';
import { styled } from '../lib/output/print.ts';
import { badInput } from '../lib/runtime/failure.ts';
import { oneLine } from '../lib/runtime/outside-text.ts';
import { commandLine, runProgram, runWhenInvoked, say } from '../lib/runtime/program.ts';
import { type Filter, listOf, select } from './list.ts';

interface Place {
  ledger: string;
  namespace: string;
  output?: Format;
}
interface AcceptFlags extends Place {
  reason: string;
  by?: string;
}

const HELP = `
Examples:
  aftersync alerts list --environment production
  aftersync alerts accept 2db4a60469824faa --reason "Rolled back by hand, seen in INC0012345"

Accepting closes an alert that nobody can mend. Name, reason and time stay in it: it is never deleted, and never fires again. What is
missing stays missing in the record. The channels are told by the next run of reconcile.

Exit codes: 0 done, 2 bad input or no such alert, 75 the cluster does not answer.`;
const NAMES = 'deploymentalert.aftersync.dev/ID';

export function createProgram() {
  const program = commandLine('alerts', 'What waits for a person: list it, and accept what cannot be mended.', HELP);
  const withPlace = (command: typeof program) =>
    command
      .addOption(ledgerOption().default('kubernetes'))
      .addOption(
        new Option('-n, --namespace <name>', 'namespace of the pipeline').env('AFTERSYNC_NAMESPACE').default('argocd'),
      )
      .addOption(outputOption(NAMES));
  withPlace(program.command('list').description('what fires, the oldest first'))
    .option('--application <name>', 'name of the Application, or namespace/name')
    .option('--environment <name>', 'target environment')
    .option('--all', 'also what is resolved or accepted')
    .action(list);
  withPlace(program.command('accept').description('close one that nobody can mend, with a name and a reason'))
    .argument('<id>', 'its name: the operation id, or dead-letter-…')
    .requiredOption('--reason <text>', 'why nothing more is done')
    .option('--by <name>', 'who accepts it; without it who the cluster takes you for')
    .action(acceptOne);
  return program;
}

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function list({ output, ...flags }: Place & Filter): Promise<void> {
  const alerts = (await storeOf(flags).list(({ message }) => say(`alerts: ${message}`))).map(({ alert }) => alert);
  const found = select(alerts, flags);
  if (found.length === 0) say(`alerts: none of ${alerts.length} is like that`);
  if (found.length === 0 && output === undefined) return;
  await printAs(output, {
    text: () => listOf(found),
    names: () => found.map(nameOf),
    document: () => ({ apiVersion: 'v1', kind: 'List', items: found.map(toResource) }),
  });
}

async function acceptOne(name: string, { reason, by, output, ...flags }: AcceptFlags): Promise<void> {
  const acceptance = await acceptanceOf({ reason, ...(by !== undefined && { by }) }, flags);
  const clients = { store: storeOf(flags), receivers: [], now: () => new Date().toISOString() };
  const alert = await accept(name, acceptance, clients);
  if (alert === null) throw badInput('No such alert', name, 'aftersync alerts list shows those that fire');
  const { accepted } = alert;
  if (accepted === undefined)
    throw badInput('Nothing to accept', name, `it was resolved at ${alert.resolvedAt}: ${alert.latest}`);
  await printAs(output, {
    text: () =>
      `${styled('green', 'accepted')}  ${name} at ${accepted.at} by ${oneLine(`${accepted.by}: ${accepted.reason}`)}`,
    names: () => [nameOf(alert)],
    document: () => toResource(alert),
  });
}

/** Alerts are where the records are. */
const storeOf = ({ ledger, namespace }: Place) => openAlerts(ledger, { AFTERSYNC_NAMESPACE: namespace });

const nameOf = ({ name }: DeploymentAlert): string => `deploymentalert.aftersync.dev/${name}`;

void runWhenInvoked(import.meta.url, main);
