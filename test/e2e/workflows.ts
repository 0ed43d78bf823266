import { execa } from 'execa';
import * as z from 'zod';
import { ARGOCD, get, kubectl, until } from './cluster.ts';

const Node = z.object({
  displayName: z.string(),
  templateName: z.string().optional(),
  type: z.string(),
  phase: z.string(),
  message: z.string().default(''),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
});
const Workflow = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
  spec: z.object({
    arguments: z.object({ parameters: z.array(z.object({ name: z.string(), value: z.string().default('') })) }),
  }),
  status: z
    .object({
      phase: z.string().default(''),
      finishedAt: z.string().nullish(),
      nodes: z.record(z.string(), Node).default({}),
    })
    .default({ phase: '', nodes: {} }),
});
export type Workflow = z.infer<typeof Workflow>;

export const readWorkflow = (name: string): Promise<Workflow> => get(Workflow, '-n', ARGOCD, 'workflow', name);

/** @returns the Workflow once it has ended, however it ended */
export const ended = (name: string, seconds = 480): Promise<Workflow> =>
  until(
    `Workflow ${name} ends`,
    async () => {
      const workflow = await readWorkflow(name);
      return ['Succeeded', 'Failed', 'Error'].includes(workflow.status.phase) ? workflow : null;
    },
    seconds,
  );

/** The pods that a Workflow ran, by task and attempt, with their phases. */
export const attemptsOf = ({ status }: Workflow): Record<string, string> =>
  Object.fromEntries(podsOf(status.nodes).map(({ displayName, phase }) => [displayName, phase]));

/** What the operator reads on a failed task. */
export const messagesOf = ({ status }: Workflow): string[] =>
  podsOf(status.nodes)
    .filter(({ phase }) => phase !== 'Succeeded')
    .map(({ displayName, message }) => `${displayName}: ${message}`);

const podsOf = (nodes: Record<string, z.infer<typeof Node>>) =>
  Object.values(nodes)
    .filter(({ type }) => type === 'Pod')
    .sort((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));

const List = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Names of the Workflows of one Application. */
export async function workflowsOf(application: string): Promise<string[]> {
  const { items } = await get(List, '-n', ARGOCD, 'workflows');
  return items.map(({ metadata }) => metadata.name).filter(name => name.startsWith(`${application}-`));
}

const Phases = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ phase: z.string().default('') }).default({ phase: '' }),
    }),
  ),
});

/** Names of the Workflows that have not ended. */
export async function runningWorkflows(): Promise<string[]> {
  const { items } = await get(Phases, '-n', ARGOCD, 'workflows');
  return items
    .filter(({ status }) => !['Succeeded', 'Failed', 'Error'].includes(status.phase))
    .map(({ metadata }) => metadata.name);
}

/** @returns name of the pod of a task */
export async function podOf(workflow: string, task: string): Promise<string> {
  const label = `workflows.argoproj.io/workflow=${workflow}`;
  const names = await kubectl('-n', ARGOCD, 'get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}', '-l', label);
  return names.split(' ').find(name => name.includes(task)) ?? '';
}

/** What an operator does once the cause is mended. @returns the Workflow when it has ended again */
export async function retried(workflow: string): Promise<Workflow> {
  await execa('argo', ['-n', ARGOCD, 'retry', workflow]);
  return ended(workflow);
}
