import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { badInput, oneLine } from '../lib/runtime/failure.ts';
import { runProgram, runWhenInvoked } from '../lib/runtime/program.ts';
import { createArtifactRepository } from './artifacts.ts';
import { parseDepends } from './depends.ts';
import type { ClusterWorkflowTemplate } from './manifests.ts';
import { keptBefore } from './nodes.ts';
import { planOwnInput } from './own-input.ts';
import type { Plan } from './plan.ts';
import { createProgress } from './progress.ts';
import { DEFAULT_SAMPLE, planSample } from './sample.ts';
import { toWorkflow } from './sensor.ts';
import { exitCodeOf, summarize } from './summary.ts';
import { ancestorsOf, loadDefinition } from './template.ts';
import { runWorkflow } from './workflow.ts';

interface Flags {
  sample?: string;
  eventFile?: string;
  application?: string;
  diff?: string;
  config?: string;
  regcred?: string;
  changeWindow?: string;
  submit?: boolean;
  from?: string;
  dir: string;
}

const HELP = `
Runs the pipeline on this machine: the Sensor and the ClusterWorkflowTemplates that a cluster runs, with processes for pods.

  npm start                                    a sync that ends well although the world is not perfect
  npm start -- --sample incomplete             one that does not, and what to do about it
  npm start -- --from submit-evidence          again from a step, with what the earlier ones wrote

On your own input the remote systems are those of your configuration, and nothing is submitted without --submit:

  kubectl get application -n argocd shop -o yaml > application.yaml
  npm start -- --event-file event.json --application application.yaml --config config.yaml --regcred regcred.json

Workloads and pods are read from the cluster of KUBECONFIG where that is set. JET credentials come from
AFTERSYNC_JET_CLIENT_ID and AFTERSYNC_JET_CLIENT_SECRET, or files named by ..._FILE.

Kept in --dir: runs/<workflow>/<task>/ (artifacts and main.log), records/ (the ledger), samples/ (what stand-ins hold).
A run that was stopped or killed goes on with the same command; what was recorded is not sent again.

Exit codes: 0 done, 1 something is missing, 2 bad input or configuration, 75 try again, 130 stopped.`;

export const createProgram = (onExitCode: (code: number) => void = () => {}) =>
  new Command('npm start --')
    .description('The pipeline on one machine')
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
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
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

async function run(flags: Flags): Promise<number> {
  const root = findRoot();
  const directory = resolve(flags.dir);
  const definition = await loadDefinition(root);
  const chosen = await choosePlan(flags, root, directory);
  const plan = { ...chosen, command: commandOf(chosen.command, flags) };
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const workflow = toWorkflow(definition.sensor, { body: plan.body });
    const name = workflow.metadata.name;
    const repository = createArtifactRepository(join(directory, 'runs'));
    const tasks = mainTasks(definition.templates.get(workflow.spec.workflowTemplateRef.name));
    const kept = flags.from === undefined ? new Map() : await keptBefore(repository, name, flags.from, tasks);
    say(plan.title);
    say(`workflow ${name}, kept in ${relative(process.cwd(), repository.pathOf(name))}/`);
    const progress = createProgress(process.stdout);
    for (const task of kept.keys()) progress.kept(task);
    const machine = {
      ...plan.machine,
      program: programOf(root),
      env: { ...plan.machine.env, AFTERSYNC_LEDGER: join(directory, 'records') },
    };
    const result = await runWorkflow({
      workflow,
      definition,
      machine,
      repository,
      progress,
      signal: stop.signal,
      kept,
    });
    if (stop.signal.aborted) {
      say('stopped; the same command goes on, and sends nothing twice');
      return 130;
    }
    process.stdout.write(
      await summarize(
        result,
        plan,
        tasks.map(task => task.name),
      ),
    );
    return exitCodeOf(result);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await plan.close();
  }
}

/** Flags that mean nothing to a sample. */
const OWN_FLAGS = {
  application: '--application',
  diff: '--diff',
  config: '--config',
  regcred: '--regcred',
  changeWindow: '--change-window',
  submit: '--submit',
};
const DEFAULT_DIRECTORY = '.aftersync';

/** The same command again, wherever its run is kept. */
const commandOf = (command: string, { dir }: Flags): string =>
  dir === DEFAULT_DIRECTORY ? command : `${command}${command.includes(' -- ') ? '' : ' --'} --dir ${dir}`;

function choosePlan(flags: Flags, root: string, directory: string): Promise<Plan> {
  const { eventFile, sample, ...own } = flags;
  if (eventFile === undefined) {
    const alone = Object.entries(OWN_FLAGS).find(([flag]) => Object.hasOwn(own, flag))?.[1];
    if (alone !== undefined)
      throw badInput('Flag without an event', alone, 'add --event-file: a sample brings its own');
    return planSample(sample ?? DEFAULT_SAMPLE, root, directory);
  }
  if (sample !== undefined) throw badInput('Two inputs', '--sample, --event-file', 'give one of the two');
  return planOwnInput({ eventFile, ...own }, directory);
}

/** The tasks of the entrypoint in their order, with everything each waits for. */
function mainTasks(owner: ClusterWorkflowTemplate | undefined): { name: string; ancestors: Set<string> }[] {
  const dag = owner?.spec.templates.find(template => template.name === owner.spec.entrypoint)?.dag;
  const tasks = dag?.tasks ?? [];
  const waitsFor = new Map(
    tasks.map(({ name, depends }) => [name, depends === undefined ? [] : parseDepends(depends, name).tasks]),
  );
  return tasks.map(({ name }) => ({ name, ancestors: ancestorsOf(name, waitsFor) }));
}

/** The checkout that holds the pipeline: this file's, or the one above the bundle. */
function findRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'workflow-templates', 'post-deployment.yaml'))) return at;
  throw badInput('No checkout', 'workflow-templates/', 'run this in a clone of the repository');
}

/** The same form of the program that runs this: its sources under tsx, or the bundle. */
function programOf(root: string): string[] {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts'))
    return [
      '--import',
      pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
      join(root, 'bin', 'aftersync.ts'),
    ];
  return [join(root, 'dist', 'aftersync.js')];
}

const say = (line: string) => process.stdout.write(`${oneLine(line)}\n`);

await runWhenInvoked(import.meta.url, main);
