import type { Alarm } from '../../lib/alerts/raise.ts';
import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import { commandOf } from '../../lib/run/again.ts';
import type { Decision } from './decide.ts';

type AlertState = DeploymentAlert['state'];
type Left = Extract<Decision, { action: 'leave' }>;

/**
 * The alerts of what is missing when no run is at work on it. The run that left it so has told it in other words; this is for the
 * one whose pod was killed, or whose Workflow was deleted, before it could. What can never be mended is told once,
 * until a person accepts it.
 * @param told the alerts that there are, by name
 */
export const untold = (
  left: readonly Decision[],
  { instance, namespace }: { instance: string; namespace: string },
  told: ReadonlyMap<string, AlertState>,
): Alarm[] =>
  left.flatMap((decision): Alarm[] => {
    if (decision.action !== 'leave') return [];
    const state = told.get(decision.operation.id);
    const isUntold =
      (decision.reason === 'waiting' && state !== 'firing') ||
      (decision.reason === 'unknowable' && state === undefined);
    if (!isUntold) return [];
    const { id, application, startedAt } = decision.operation;
    return [
      {
        name: id,
        cause: {
          operation: id,
          instance,
          application: { namespace: application.namespace, name: application.name },
          environment: null,
          what: `Evidence of a sync is missing: ${decision.why}`,
          subject: `sync of Application ${application.namespace}/${application.name}, started at ${startedAt}`,
          remedy: remedyOf(decision, namespace),
          links: { workflow: null, application: null },
        },
      },
    ];
  });

/** A Workflow whose run was killed, or stopped, runs again as another one: Retry would look for pods that failed. */
function remedyOf({ operation: { id }, reason, workflow }: Left, namespace: string): string {
  if (reason === 'unknowable') return `Nobody can mend it. Accept it: aftersync alerts accept ${id} --reason REASON`;
  const look = `See what is missing of it: aftersync explain ${id}. What a person must mend, mend`;
  if (workflow === undefined) return `${look}; reconcile runs it again`;
  return `${look}; reconcile runs it again. At once: ${commandOf({ kind: 'resubmit', workflow, namespace })}`;
}
