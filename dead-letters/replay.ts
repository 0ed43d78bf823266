import type { DeadLetters } from '../lib/clients/dead-letters.ts';
import type { Workflows } from '../lib/clients/workflows.ts';
import { type DeadLetter, startOf } from '../lib/dead-letters/dead-letter.ts';
import { badInput, Failure } from '../lib/runtime/failure.ts';
import { workflowOf } from '../lib/workflows/post-deployment.ts';

export interface Replay {
  deadLetters: DeadLetters;
  workflows: Workflows;
  /** Closes the alert of a dead letter that was replayed. */
  resolve: (name: string, found: string) => Promise<void>;
  /** Name of the ClusterWorkflowTemplate. */
  template: string;
  dryRun: boolean;
}

/** What became of one dead letter. */
export interface Replayed {
  /** Name of its ConfigMap. */
  letter: string;
  /** When it was kept, RFC 3339. */
  at: string;
  /** null where no Workflow can be made of it. */
  workflow: string | null;
  outcome: 'planned' | 'started' | 'there' | 'failed';
  /** One sentence for a person. */
  detail: string;
}

/** The dead letters that are meant, one at a time. @throws Failure 2 where there is no such one */
export async function* chosen(name: string | undefined, deadLetters: DeadLetters): AsyncGenerator<DeadLetter, void> {
  const names = name === undefined ? (await deadLetters.list()).map(listed => listed.name) : [name];
  for (const one of names) {
    const letter = await deadLetters.read(one);
    if (letter !== null) yield letter;
    else if (name !== undefined)
      throw badInput(
        'No such dead letter',
        name,
        'list them: kubectl get configmaps -l aftersync.dev/dead-letter=true',
      );
  }
}

/**
 * Starts the Workflows of kept events. Doing it twice starts none twice: the name of a Workflow is that of the operation, and
 * an event that was replayed is marked. Nothing is deleted.
 * @returns one outcome each, and the first reason why one could not be replayed, null where all were
 */
export async function replay(letters: AsyncIterable<DeadLetter>, clients: Replay) {
  let failed: Failure | null = null;
  const outcomes: Replayed[] = [];
  for await (const letter of letters)
    try {
      outcomes.push({ letter: letter.name, at: letter.at, ...(await replayOne(letter, clients)) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { name, at } = letter;
      outcomes.push({ letter: name, at, workflow: null, outcome: 'failed', detail: error.message });
      failed ??= error;
    }
  return { outcomes, failed };
}

async function replayOne(letter: DeadLetter, clients: Replay): Promise<Omit<Replayed, 'letter' | 'at'>> {
  const { deadLetters, workflows, template, dryRun } = clients;
  const { name, event } = startOf(letter);
  if (dryRun) {
    const detail = `would start Workflow ${name}${letter.replayed ? ', again' : ''}`;
    return { workflow: name, outcome: 'planned', detail };
  }
  const started = await workflows.create(workflowOf({ name, event, template }));
  await deadLetters.markReplayed(letter.name);
  const detail = started ? `started Workflow ${name}` : `Workflow ${name} is there already`;
  await clients.resolve(letter.name, detail);
  return { workflow: name, outcome: started ? 'started' : 'there', detail };
}
