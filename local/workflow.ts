import { join } from 'node:path';
import { badInput } from '../lib/runtime/failure.ts';
import type { ArtifactRepository } from './artifacts.ts';
import type { Machine } from './container.ts';
import { type DagResult, type NodeResult, runDag } from './dag.ts';
import { parseDepends } from './depends.ts';
import { type FailedNode, failedNodes, failuresOf } from './failed-nodes.ts';
import type { ClusterWorkflowTemplate, Task, Workflow } from './manifests.ts';
import { type KeptNodes, rememberNodes } from './nodes.ts';
import type { Progress } from './progress.ts';
import { runStep } from './step.ts';
import type { Scope } from './substitute.ts';
import { type Available, argumentsOf } from './task-arguments.ts';
import { ancestorsOf, type Definition, templateOf } from './template.ts';

export interface WorkflowRun {
  workflow: Workflow;
  definition: Definition;
  machine: Machine;
  repository: ArtifactRepository;
  progress: Progress;
  signal: AbortSignal;
  /** Tasks that are not run again, with what an earlier run made of them. */
  kept: KeptNodes;
}

export interface WorkflowResult {
  phase: DagResult['phase'];
  nodes: Map<string, NodeResult>;
}

/** Runs a Workflow and its exit handler as Argo Workflows would. @throws Failure 2 where the definition cannot be run */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const owner = ownerOf(run);
  const globals = {
    'workflow.name': run.workflow.metadata.name,
    'workflow.namespace': 'local',
    ...parametersOf(run.workflow, owner),
  };
  const failed: FailedNode[] = [];
  const global: Available = new Map();
  const main = await runEntry(run, owner, owner.spec.entrypoint, globals, global, failed);
  if (owner.spec.onExit === undefined || run.signal.aborted) return main;
  const scope = { ...globals, 'workflow.status': main.phase, 'workflow.failures': failuresOf(failed) };
  const exit = await runEntry({ ...run, kept: new Map() }, owner, owner.spec.onExit, scope, global, failed);
  return {
    phase: main.phase === 'Succeeded' ? exit.phase : main.phase,
    nodes: new Map([...main.nodes, ...exit.nodes]),
  };
}

function ownerOf({ workflow, definition }: WorkflowRun): ClusterWorkflowTemplate {
  const { name } = workflow.spec.workflowTemplateRef;
  const owner = definition.templates.get(name);
  if (owner === undefined) throw badInput('No such ClusterWorkflowTemplate', name, 'mend the Sensor');
  return owner;
}

function parametersOf(workflow: Workflow, owner: ClusterWorkflowTemplate): Scope {
  const given = workflow.spec.arguments.parameters;
  return Object.fromEntries(
    owner.spec.arguments.parameters.map(({ name, value }) => {
      const found = given.find(parameter => parameter.name === name)?.value ?? value;
      if (found === undefined)
        throw badInput('Parameter has no value', `${owner.metadata.name}: ${name}`, 'give it one');
      return [`workflow.parameters.${name}`, found];
    }),
  );
}

/** Runs the entrypoint or the exit handler, which must be a DAG, and collects global artifacts and failures. */
async function runEntry(
  run: WorkflowRun,
  owner: ClusterWorkflowTemplate,
  name: string,
  globals: Scope,
  global: Available,
  failed: FailedNode[],
): Promise<DagResult> {
  const dag = owner.spec.templates.find(template => template.name === name)?.dag;
  if (dag === undefined) throw badInput('Not a dag', `${owner.metadata.name}/${name}`, 'the runner starts a dag only');
  const waitsFor = new Map(
    dag.tasks.map(({ name: task, depends }) => [task, depends === undefined ? [] : parseDepends(depends, task).tasks]),
  );
  const result = await runDag(dag, async (task, ended) => {
    const { template } = templateOf(task, owner, run.definition.templates);
    const node = run.kept.get(task.name) ?? (await runTask(task, ended));
    for (const { name: output, globalName } of template.outputs.artifacts) {
      const artifact = node.outputs[output];
      if (globalName !== undefined && artifact !== undefined)
        global.set(`workflow.outputs.artifacts.${globalName}`, artifact);
    }
    return node;
  });
  for (const [task, node] of result.nodes) if (node.phase === 'Omitted') run.progress.omitted(task);
  return result;

  async function runTask(task: Task, ended: ReadonlyMap<string, NodeResult>): Promise<NodeResult> {
    const { template } = templateOf(task, owner, run.definition.templates);
    if (template.container === undefined)
      throw badInput('Not a container', `${task.name}: ${template.name}`, 'the runner has no dag inside a dag');
    if (run.signal.aborted) return { phase: 'Error', message: 'stopped', exitCode: null, outputs: {} };
    const inputs = argumentsOf(task, template, globals, available(ancestorsOf(task.name, waitsFor), ended, global));
    run.progress.started(task.name);
    const startedAt = performance.now();
    const node = await runStep({
      name: task.name,
      template,
      inputs,
      globals,
      machine: run.machine,
      repository: run.repository,
      directory: join(run.repository.pathOf(run.workflow.metadata.name), task.name),
      signal: run.signal,
      beforeRetry: (attempt, waitMs) => run.progress.retrying(task.name, attempt, waitMs),
    });
    failed.push(...failedNodes(task.name, template.name, node, node.attempts));
    await rememberNodes(run.repository, run.workflow.metadata.name, task.name, node);
    await run.progress.finished(task.name, node, performance.now() - startedAt);
    return node;
  }
}

/** The artifacts that a task may name: those of the tasks it waited for, and the global ones. */
function available(ancestors: Set<string>, ended: ReadonlyMap<string, NodeResult>, global: Available): Available {
  const found: Available = new Map(global);
  for (const task of ancestors)
    for (const [output, artifact] of Object.entries(ended.get(task)?.outputs ?? {}))
      found.set(`tasks.${task}.outputs.artifacts.${output}`, artifact);
  return found;
}
