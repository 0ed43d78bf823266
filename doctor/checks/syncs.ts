import { count } from '../../lib/wording.ts';
import type { ReconcileOutput } from '../../steps/reconcile/step.ts';
import { atMost, fine, type Judgement, wrong } from '../finding.ts';

const SHOWN = 5;

/**
 * The whole way at once: a sync that is over has a record. What reconcile would start has neither that nor a Workflow, so no
 * event of it arrived, or its Workflow was never made.
 * @param found what reconcile would do now
 */
export function judgeSyncs({
  outcomes,
  applications,
}: Pick<ReconcileOutput, 'outcomes' | 'applications'>): Judgement[] {
  const lost = outcomes.filter(({ start }) => start.action === 'start');
  if (lost.length === 0) return [fine(`every sync of ${count(applications, 'Application')} that is over has a record`)];
  const remedy = 'mend what stands above; reconcile starts it at its next run, every five minutes';
  return atMost(
    lost.map(({ start: { operation } }) => {
      const { namespace, name } = operation.application;
      return wrong(
        `the sync of ${namespace}/${name} of ${operation.startedAt} has neither record nor Workflow`,
        remedy,
      );
    }),
    SHOWN,
    remedy,
  );
}
