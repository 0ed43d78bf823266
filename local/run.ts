import { join, relative, resolve } from 'node:path';
import { badInput } from '../lib/runtime/failure.ts';
import { say } from '../lib/runtime/program.ts';
import { createArtifactRepository } from './artifacts.ts';
import { findRoot, programOf } from './checkout.ts';
import { parseDepends } from './depends.ts';
import type { ClusterWorkflowTemplate } from './manifests.ts';
import { keptBefore } from './nodes.ts';
import { type OwnInput, planOwnInput } from './own-input.ts';
import type { Plan } from './plan.ts';
import { createProgress } from './progress.ts';
import { DEFAULT_SAMPLE, planSample } from './sample.ts';
import { toWorkflow } from './sensor/to-workflow.ts';
import { exitCodeOf, summarize } from './summary.ts';
import { ancestorsOf, loadDefinition } from './template.ts';
import { runWorkflow } from './workflow.ts';

export interface Flags extends Partial<OwnInput> {
  sample?: string;
  from?: string;
  dir: string;
}

/**
 * Runs what the flags say, tells a person about it, and answers with the exit code.
 * @throws Failure 2; 75 where another run is at work
 */
export async function run(flags: Flags): Promise<number> {
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
    const progress = createProgress(process.stderr);
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
export const DEFAULT_DIRECTORY = '.aftersync';

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
