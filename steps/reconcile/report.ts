import type { AlertTending } from './alerts.ts';
import type { Decision } from './decide.ts';
import type { Outcome, ReconcileOutput } from './step.ts';

const OUTCOMES = {
  planned: 'would start',
  started: 'started',
  there: 'is there already:',
  gone: 'not started:',
  failed: 'FAILED to start',
} as const satisfies Record<Outcome['outcome'], string>;

/** Not worth a line each. */
const SILENT: readonly string[] = ['complete', 'too-old'];

/** The run for a person: what was started and why, what is left alone and until when, and the counts. */
export function toText(output: ReconcileOutput, alerts: AlertTending | null): string {
  const starts = output.outcomes.map(
    ({ start, outcome, detail }) => `${nameOf(start)} ${OUTCOMES[outcome]} ${start.workflow}: ${detail}`,
  );
  const left = output.left.flatMap(decision =>
    decision.action === 'leave' && !SILENT.includes(decision.reason)
      ? [`${nameOf(decision)} left alone (${decision.reason}): ${decision.why}`]
      : [],
  );
  const counts = Object.entries(output.counts).map(([reason, count]) => `${count} ${reason}`);
  return [
    ...starts,
    ...left,
    [summaryOf(output), counts.join(', ') || 'nothing left alone', ...alertLines(alerts)].join('; '),
  ].join('\n');
}

const nameOf = ({ operation: { application, id, startedAt } }: Decision): string =>
  `${application.namespace}/${application.name} ${id} (${startedAt})`;

const summaryOf = ({ applications, outcomes }: ReconcileOutput): string =>
  `${applications} Applications, ${outcomes.length} operations to start`;

const alertLines = (alerts: AlertTending | null): string[] =>
  alerts === null
    ? []
    : [`${alerts.deadLetters} dead letters, ${alerts.firing} alerts firing, ${alerts.deleted.length} old ones deleted`];

export const toNames = ({ outcomes }: ReconcileOutput): string[] =>
  outcomes.map(({ start }) => `workflow.argoproj.io/${start.workflow}`);

/** The same for a program. */
export const toDocument = (output: ReconcileOutput, alerts: AlertTending | null) => ({
  applications: output.applications,
  starts: output.outcomes.map(({ start, outcome, detail }) => ({
    ...describe(start),
    action: start.action,
    workflow: start.workflow,
    outcome,
    detail,
  })),
  left: output.left.flatMap(decision =>
    decision.action === 'leave' && !SILENT.includes(decision.reason)
      ? [{ ...describe(decision), reason: decision.reason, detail: decision.why }]
      : [],
  ),
  counts: output.counts,
  alerts,
});

const describe = ({ operation: { id, application, startedAt, finishedAt, succeeded, from } }: Decision) => ({
  id,
  application: `${application.namespace}/${application.name}`,
  startedAt,
  finishedAt,
  succeeded,
  from,
});
