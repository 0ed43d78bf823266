import type { Machine } from './container.ts';

/** Everything a run needs beside the definition of the pipeline: where a sample and one's own input differ. */
export interface Plan {
  /** What is run, in one line. */
  title: string;
  /** The command that runs it again, without --from. */
  command: string;
  /** What the webhook receives. */
  body: unknown;
  machine: Omit<Machine, 'program'>;
  /** Told to a person when something is missing; empty where there is nothing particular to say. */
  mend: string;
  close(): Promise<void>;
}
