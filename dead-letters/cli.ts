import { Option } from 'commander';
import { deadLetterAlertName } from '../lib/alerts/dead-letter.ts';
import { createKubernetesAlerts } from '../lib/alerts/kubernetes.ts';
import { resolve } from '../lib/alerts/raise.ts';
import { createDeadLetters } from '../lib/clients/dead-letters.ts';
import { createWorkflows } from '../lib/clients/workflows.ts';
import { type Format, outputOption, printAs } from '../lib/output/format.ts';
import { badInput } from '../lib/runtime/failure.ts';
import { oneLine } from '../lib/runtime/outside-text.ts';
import { commandLine, runProgram, runWhenInvoked } from '../lib/runtime/program.ts';
import { count } from '../lib/wording.ts';
import { POST_DEPLOYMENT } from '../lib/workflows/template-name.ts';
import { chosen, type Replayed, replay } from './replay.ts';

interface Flags {
  all?: boolean;
  dryRun?: boolean;
  namespace: string;
  template: string;
  output?: Format;
}

const HELP = `
Examples:
  aftersync replay --all --dry-run
  aftersync replay aftersync-dead-letter-x7k2p

The cluster is that of KUBECONFIG.

Exit codes: 0 done, 1 refused, 2 bad input or an event that cannot be replayed, 75 try again.`;

export const createProgram = () =>
  commandLine('replay', 'Starts the Workflows of events that the Sensor could not turn into one.', HELP)
    .argument('[name]', 'name of the ConfigMap that keeps the event')
    .option('--all', 'every event that was not replayed yet')
    .option('--dry-run', 'say what would be started')
    .addOption(
      new Option('-n, --namespace <name>', 'namespace of the pipeline').env('AFTERSYNC_NAMESPACE').default('argocd'),
    )
    .addOption(
      new Option('--template <name>', 'ClusterWorkflowTemplate that is run')
        .env('AFTERSYNC_WORKFLOW_TEMPLATE')
        .default(POST_DEPLOYMENT),
    )
    .addOption(outputOption('the Workflows'))
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run(name: string | undefined, flags: Flags): Promise<void> {
  const { all = false, dryRun = false, namespace, template, output } = flags;
  if ((name === undefined) !== all) throw badInput('Which dead letter?', 'replay', 'give a name, or --all');
  const deadLetters = createDeadLetters(namespace);
  const letters = chosen(name, deadLetters);
  // The channels are told by reconcile, which has their secrets.
  const alerts = { store: createKubernetesAlerts(namespace), receivers: [], now: () => new Date().toISOString() };
  const { outcomes, failed } = await replay(letters, {
    deadLetters,
    workflows: createWorkflows(namespace),
    resolve: async (letter, found) => {
      await resolve(deadLetterAlertName(letter), found, alerts);
    },
    template,
    dryRun,
  });
  await printAs(output, {
    text: () => [...outcomes.map(lineOf), count(outcomes.length, 'dead letter')].join('\n'),
    names: () => outcomes.flatMap(({ workflow }) => (workflow === null ? [] : `workflow.argoproj.io/${workflow}`)),
    document: () => outcomes,
  });
  if (failed !== null) throw failed;
}

/** A failure names its dead letter itself. */
const lineOf = ({ letter, outcome, detail }: Replayed): string =>
  oneLine(outcome === 'failed' ? detail : `${letter}: ${detail}`);

void runWhenInvoked(import.meta.url, main);
