import type { Alarm } from '../../lib/alerts/raise.ts';
import { workflowNameOf } from '../../lib/events/sync-finished.ts';
import type { Decision, Reason } from './decide.ts';

/** Something is missing, and no run is at work on it. */
const MISSING: readonly Reason[] = ['waiting', 'unknowable'];

/**
 * The alerts of what is missing when no run is at work on it. The run that left it so has told it in other words; this is for the
 * one whose pod was killed, or whose Workflow was deleted, before it could.
 * @param instance name of the Argo CD in the configuration
 */
export const untold = (left: readonly Decision[], instance: string): Alarm[] =>
  left.flatMap((decision): Alarm[] => {
    if (decision.action !== 'leave' || !MISSING.includes(decision.reason)) return [];
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
