import * as z from 'zod';
import { get, kubectlWith, until } from '../../test/e2e/cluster.ts';

const Workflow = z.object({
  metadata: z.object({ creationTimestamp: z.string() }),
  status: z.object({
    phase: z.string().default(''),
    finishedAt: z.string().nullish(),
    nodes: z.record(z.string(), z.object({ displayName: z.string(), finishedAt: z.string().nullish() })).default({}),
  }),
});

/** A Workflow that has ended well. Argo has times in whole seconds. */
export interface Finished {
  createdMs: number;
  finishedMs: number;
  /** From its creation to the end of one of its nodes. */
  secondsTo: (displayName: string) => number;
}

/** @throws Error where it ended otherwise */
export async function finished(namespace: string, name: string): Promise<Finished> {
  const { metadata, status } = await until(
    `Workflow ${name} ends`,
    async () => {
      const workflow = await get(Workflow, '-n', namespace, 'workflow', name).catch(() => null);
      return ['Succeeded', 'Failed', 'Error'].includes(workflow?.status.phase ?? '') ? workflow : null;
    },
    900,
  );
  if (status.phase !== 'Succeeded') throw new Error(`Workflow ${name} ${status.phase}`);
  const createdMs = Date.parse(metadata.creationTimestamp);
  const endOf = (displayName: string) => {
    const nodes = Object.values(status.nodes).filter(node => node.displayName.replace(/\(\d+\)$/, '') === displayName);
    if (nodes.length === 0) throw new Error(`Workflow ${name} has no node ${displayName}`);
    return Math.max(...nodes.map(({ finishedAt }) => Date.parse(finishedAt ?? '')));
  };
  return {
    createdMs,
    finishedMs: Date.parse(status.finishedAt ?? ''),
    secondsTo: displayName => (endOf(displayName) - createdMs) / 1000,
  };
}

export const create = (workflow: object): Promise<string> => kubectlWith(workflow, 'create', '-f', '-');
