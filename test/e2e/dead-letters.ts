import * as z from 'zod';
import { ARGOCD, get } from './cluster.ts';

const Names = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Names of the events that could not start a Workflow and were not replayed. */
export async function deadLetters(): Promise<string[]> {
  const { items } = await get(Names, '-n', ARGOCD, 'configmaps', '-l', 'aftersync.dev/dead-letter=true');
  return items.map(({ metadata }) => metadata.name);
}
