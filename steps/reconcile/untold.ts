import type { Alarm } from '../../lib/alerts/raise.ts';
import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import { workflowNameOf } from '../../lib/events/sync-finished.ts';
import type { Decision } from './decide.ts';

type AlertState = DeploymentAlert['state'];

/**
 * The alerts of what is missing when no run is at work on it. The run that left it so has told it in other words; this is for the
 * one whose pod was killed, or whose Workflow was deleted, before it could. What can never be mended is told once,
 * until a person accepts it.
 * @param instance name of the Argo CD in the configuration
 * @param told the alerts that there are, by name
 */
export const untold = (left: readonly Decision[], instance: string, told: ReadonlyMap<string, AlertState>): Alarm[] =>
  left.flatMap((decision): Alarm[] => {
    if (decision.action !== 'leave') return [];
    const state = told.get(decision.operation.id);
    const isUntold =
      (decision.reason === 'waiting' && state !== 'firing') ||
      (decision.reason === 'unknowable' && state === undefined);
    if (!isUntold) return [];
    const { id, application, startedAt } = decision.operation;
    const { namespace, name } = application;
    const workflow = workflowNameOf(name, id);
    return [
      {
        name: id,
        cause: {
          operation: id,
          instance,
          application: { namespace, name },
          environment: null,
          what: `Evidence of a sync is missing: ${decision.why}`,
          subject: `sync of Application ${namespace}/${name}, started at ${startedAt}`,
          remedy: `See what is missing of it: aftersync explain ${id}. Where a person must mend it, then: argo retry ${workflow}`,
          links: { workflow: null, application: null },
        },
      },
    ];
  });
