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
  say: (line: string) => void;
}

/** The dead letters that are meant. @throws Failure 2 where there is no such one */
export async function chosen(name: string | undefined, deadLetters: DeadLetters): Promise<DeadLetter[]> {
  if (name === undefined) return await deadLetters.list();
  const letter = await deadLetters.read(name);
  if (letter === null)
    throw badInput('No such dead letter', name, 'list them: kubectl get configmaps -l aftersync.dev/dead-letter=true');
  return [letter];
}

/**
 * Starts the Workflows of kept events. Doing it twice starts none twice: the name of a Workflow is that of the operation, and
 * an event that was replayed is marked. Nothing is deleted.
 * @returns the first reason why one could not be replayed, null where all were
 */
export async function replay(letters: readonly DeadLetter[], clients: Replay): Promise<Failure | null> {
  let failed: Failure | null = null;
  for (const letter of letters)
    try {
      await replayOne(letter, clients);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      clients.say(error.message);
      failed ??= error;
    }
  return failed;
}

async function replayOne(letter: DeadLetter, clients: Replay): Promise<void> {
  const { deadLetters, workflows, template, dryRun, say } = clients;
  const { name, event } = startOf(letter);
  if (dryRun) {
    say(`${letter.name}: would start Workflow ${name}${letter.replayed ? ', again' : ''}`);
    return;
  }
  const started = await workflows.create(workflowOf({ name, event, template }));
  await deadLetters.markReplayed(letter.name);
  const found = started ? `started Workflow ${name}` : `Workflow ${name} is there already`;
  say(`${letter.name}: ${found}`);
  await clients.resolve(letter.name, found);
}
