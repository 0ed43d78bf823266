import type { NodeResult } from './dag.ts';
import type { Attempt } from './retry.ts';

/** A node that failed, as `workflow.failures` lists it. */
export interface FailedNode {
  displayName: string;
  message: string;
  templateName: string;
  phase: string;
  podName: string;
  finishedAt: string;
}

/**
 * The nodes of a step that failed: each attempt as `step(0)`, `step(1)` …, and the step itself once the last one has failed.
 * @param attempts with the time each ended at, RFC 3339
 */
export function failedNodes(
  step: string,
  templateName: string,
  node: NodeResult,
  attempts: readonly (Attempt & { finishedAt: string })[],
): FailedNode[] {
  const failed = attempts.flatMap(({ phase, message, finishedAt }, retries) =>
    phase === 'Succeeded'
      ? []
      : [{ displayName: `${step}(${retries})`, message, templateName, phase, podName: '', finishedAt }],
  );
  const last = failed.at(-1);
  if (node.phase === 'Succeeded' || last === undefined) return failed;
  return [...failed, { ...last, displayName: step, message: 'No more retries left' }];
}

/** The value of `{{workflow.failures}}`: a JSON text that holds JSON, as Argo Workflows makes it. */
export const failuresOf = (failed: readonly FailedNode[]): string =>
  JSON.stringify(failed.length === 0 ? 'null' : JSON.stringify(failed));
