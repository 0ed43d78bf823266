import type { FailedStep } from './failed-steps.ts';
import type { Gap } from './gaps.ts';
import type { Run } from './run.ts';

/**
 * How a run is done again once everything is mended. Both send only what is missing. retry: what failed runs again, and where a
 * step that ended well must, that and what follows it. resubmit: everything, as another Workflow.
 */
export type Again =
  | { kind: 'retry'; restart: string | null; workflow: string; namespace: string | null }
  | { kind: 'resubmit'; workflow: string; namespace: string | null };

/**
 * Argo Workflows' Retry resets pods that failed. A node that somebody stopped has none: its pod ended well or never began, and
 * Retry would run nothing but the exit handler, again and again. It shows in the node, whose message has no exit code.
 * @returns null where there is no Workflow, or nothing that a run could mend
 */
export function againOf(
  { workflow, namespace, status }: Pick<Run, 'workflow' | 'namespace' | 'status'>,
  gaps: readonly Gap[],
  failed: readonly FailedStep[],
): Again | null {
  if (workflow === null || (gaps.length > 0 && gaps.every(({ restart }) => restart === null))) return null;
  const isStopped = failed.some(({ exitCode }) => exitCode === null);
  const nothingFailed = failed.length === 0 && status !== null;
  const restart = gaps.find(gap => gap.restart)?.restart ?? null;
  if (isStopped || (nothingFailed && restart === null)) return { kind: 'resubmit', workflow, namespace };
  return { kind: 'retry', restart, workflow, namespace };
}

/** What a person types. Without the namespace Argo Workflows would look in that of the kubeconfig. */
export function commandOf(again: Again): string {
  const { workflow, namespace } = again;
  const argo = namespace === null ? 'argo' : `argo -n ${namespace}`;
  if (again.kind === 'resubmit') return `${argo} resubmit ${workflow}`;
  const restart =
    again.restart === null ? '' : `--restart-successful --node-field-selector displayName=${again.restart} `;
  return `${argo} retry ${restart}${workflow}`;
}
