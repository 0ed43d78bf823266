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

const MAX_FAILURES = 20;

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
  const all = failuresOf(output, alerts);
  const failures = all.slice(0, MAX_FAILURES).map(message => `FAILED: ${message}`);
  if (all.length > MAX_FAILURES) failures.push(`FAILED: ${all.length - MAX_FAILURES} more`);
  const counts = Object.entries(output.counts).map(([reason, count]) => `${count} ${reason}`);
  return [
    ...starts,
    ...left,
    ...failures,
    [summaryOf(output), counts.join(', ') || 'nothing left alone', ...alertLines(alerts)].join('; '),
  ].join('\n');
}

const nameOf = ({ operation: { application, id, startedAt } }: Decision): string =>
  `${application.namespace}/${application.name} ${id} (${startedAt})`;

function summaryOf({ applications, ignored, notAllowed, outcomes }: ReconcileOutput): string {
  const asked = notAllowed === 0 ? '' : `, ${notAllowed} ask to be ignored and are not allowed to`;
  const left = ignored.length === 0 ? '' : `, ${ignored.length} ignored`;
  return `${applications} Applications${left}${asked}, ${outcomes.length} operations to start`;
}

const alertLines = (alerts: AlertTending | null): string[] =>
  alerts === null
    ? []
    : [
        `${alerts.deadLetters} dead letters, ${alerts.firing} alerts firing, ${alerts.deleted.length} old ones deleted`,
        ...(alerts.postponed === 0 ? [] : [`${alerts.postponed} alerts are left to the next run`]),
      ];

/** What is not said with the operation that it is about. */
function failuresOf({ outcomes, failed }: ReconcileOutput, alerts: AlertTending | null): string[] {
  const said = new Set(outcomes.map(({ detail }) => detail));
  return [...failed, ...(alerts?.failed ?? [])].map(({ message }) => message).filter(message => !said.has(message));
}

export const toNames = ({ outcomes }: ReconcileOutput): string[] =>
  outcomes.map(({ start }) => `workflow.argoproj.io/${start.workflow}`);

/** The same for a program. */
export const toDocument = (output: ReconcileOutput, alerts: AlertTending | null) => ({
  applications: output.applications,
  ignored: output.ignored.map(({ subject: { namespace, name } }) => `${namespace}/${name}`),
  notAllowed: output.notAllowed,
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
  failed: failuresOf(output, null),
  alerts: alerts && { ...alerts, failed: alerts.failed.map(({ message }) => message) },
});

const describe = ({ operation: { id, application, startedAt, finishedAt, succeeded, from } }: Decision) => ({
  id,
  application: `${application.namespace}/${application.name}`,
  startedAt,
  finishedAt,
  succeeded,
  from,
});
