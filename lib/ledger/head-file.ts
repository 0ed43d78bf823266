import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { writeOutput } from '../runtime/files.ts';
import { say } from '../runtime/program.ts';

/**
 * Tells the head where whoever changes the record cannot reach it: on the log, and in a file that becomes an output parameter
 * of the Workflow.
 */
export async function tellHead({ id, head = '' }: DeploymentRecord, file: string | undefined): Promise<void> {
  say(`record ${id} head ${head}`);
  if (file !== undefined) await writeOutput(file, head);
}
