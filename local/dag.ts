import type { Artifact } from './artifacts.ts';
import { type Depends, type Phase, parseDepends } from './depends.ts';
import type { Dag, Task } from './manifests.ts';

/** What became of a task. */
export interface NodeResult {
  phase: Phase;
  message: string;
  /** Exit code of the last attempt; null where there is none. */
  exitCode: number | null;
  outputs: Record<string, Artifact>;
}

export const OMITTED: NodeResult = { phase: 'Omitted', message: '', exitCode: null, outputs: {} };

export interface DagResult {
  phase: Extract<Phase, 'Succeeded' | 'Failed' | 'Error'>;
  nodes: Map<string, NodeResult>;
}

/**
 * Runs the tasks of a DAG, each as soon as what it depends on has ended; never fails fast.
 * @param run told the results so far: at least those of everything the task waited for
 */
export async function runDag(
  dag: Dag,
  run: (task: Task, ended: ReadonlyMap<string, NodeResult>) => Promise<NodeResult>,
): Promise<DagResult> {
  const depends = new Map(dag.tasks.map(task => [task.name, dependsOf(task)]));
  const nodes = new Map<string, NodeResult>();
  const running = new Map<string, Promise<NodeResult>>();

  const start = (name: string): Promise<NodeResult> => {
    const already = running.get(name) ?? finish(name);
    running.set(name, already);
    return already;
  };

  async function finish(name: string): Promise<NodeResult> {
    const { tasks, holds } = depends.get(name) ?? NOTHING;
    await Promise.all(tasks.map(start));
    const task = dag.tasks.find(candidate => candidate.name === name);
    const allowed = task !== undefined && holds(other => nodes.get(other)?.phase ?? 'Omitted');
    const result = allowed ? await run(task, nodes) : OMITTED;
    nodes.set(name, result);
    return result;
  }

  await Promise.all(dag.tasks.map(task => start(task.name)));
  return { phase: phaseOf(dag, depends, nodes), nodes };
}

const NOTHING: Depends = { tasks: [], holds: () => true };
const dependsOf = (task: Task): Depends =>
  task.depends === undefined ? NOTHING : parseDepends(task.depends, `depends of ${task.name}`);

/**
 * As Argo Workflows decides it: the leaves count, and a leaf that did not run counts as what it waited for. A failure that
 * a later task has dealt with is therefore no failure of the DAG.
 */
function phaseOf(dag: Dag, depends: Map<string, Depends>, nodes: Map<string, NodeResult>): DagResult['phase'] {
  const waitedFor = new Set([...depends.values()].flatMap(({ tasks }) => tasks));
  const worst = (names: string[]): DagResult['phase'] => {
    const phases = names.map(effective);
    return phases.find(phase => phase !== 'Succeeded') ?? 'Succeeded';
  };
  const effective = (name: string): DagResult['phase'] => {
    const phase = nodes.get(name)?.phase;
    if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Error') return phase;
    return worst(depends.get(name)?.tasks ?? []);
  };
  return worst(dag.tasks.map(task => task.name).filter(name => !waitedFor.has(name)));
}
