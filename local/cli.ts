import { commandLine, runProgram, runWhenInvoked } from '../lib/runtime/program.ts';
import { DEFAULT_DIRECTORY, type Flags, run } from './run.ts';
import { DEFAULT_SAMPLE } from './sample.ts';

const HELP = `
Runs the pipeline on this machine: the Sensor and the ClusterWorkflowTemplates that a cluster runs, with processes for pods.

Examples:
  npm start                                    # a sync that ends well although the world is not perfect
  npm start -- --sample incomplete             # one that does not, and what to do about it
  npm start -- --from submit-evidence          # again from a step, with what the earlier ones wrote

On your own input the remote systems are those of your configuration, and nothing is submitted without --submit:

  kubectl get application -n argocd shop -o yaml > application.yaml
  npm start -- --event-file event.json --application application.yaml --config config.yaml --regcred regcred.json

Workloads and pods are read from the cluster of KUBECONFIG where that is set. JET credentials come from
AFTERSYNC_JET_CLIENT_ID and AFTERSYNC_JET_CLIENT_SECRET, or files named by ..._FILE.

Kept in --dir: runs/<workflow>/<task>/ (artifacts and main.log), records/ (the ledger), samples/ (what stand-ins hold).
A run that was stopped or killed goes on with the same command; what was recorded is not sent again.

Exit codes: 0 done, 1 something is missing, 2 bad input or configuration, 75 try again, 130 stopped.`;

export const createProgram = (onExitCode: (code: number) => void = () => {}) =>
  commandLine('npm start --', 'The pipeline on one machine', HELP)
    .option('--sample <name>', `a folder of local/samples (default: ${DEFAULT_SAMPLE})`)
    .option('--event-file <file>', 'your event: the body of the notification, or the event envelope as JSON or base64')
    .option('--application <file>', 'your Application, YAML or JSON')
    .option('--diff <file>', 'text of `argocd app diff`, instead of the images that the Application lists')
    .option('--config <file>', 'your configuration (default: AFTERSYNC_CONFIG)')
    .option('--regcred <file>', 'your .dockerconfigjson with the credentials of Artifactory')
    .option('--change-window <file>', 'your ChangeWindow')
    .option('--submit', 'submit the records of your own input')
    .option('--from <step>', 'start at this step of the same run')
    .option('--dir <directory>', 'where runs and records are kept', DEFAULT_DIRECTORY)
    .action(async (flags: Flags) => onExitCode(await run(flags)));

export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const code = await runProgram(
    createProgram(ended => {
      exitCode = ended;
    }),
    argv,
  );
  return code === 0 ? exitCode : code;
}

void runWhenInvoked(import.meta.url, main);
