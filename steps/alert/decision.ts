import { cut } from '../../lib/alerts/message.ts';
import type { Alarm } from '../../lib/alerts/raise.ts';
import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { summaryOf } from '../../lib/contracts/deployment-record-summary.ts';
import { isRecorded } from '../../lib/contracts/evidence-receipts.ts';
import { againOf, commandOf } from '../../lib/run/again.ts';
import type { FailedStep } from '../../lib/run/failed-steps.ts';
import { type Gap, gapsOf } from '../../lib/run/gaps.ts';
import { type Run, valueIn } from '../../lib/run/run.ts';
import { count } from '../../lib/wording.ts';
import type { Identity } from './identity.ts';

const MAX_LINE = 1400;

/** What a run means for the alert of its operation. */
export type Decision =
  | { kind: 'raise'; alarm: Alarm }
  | { kind: 'resolve'; name: string; found: string }
  | { kind: 'leave'; why: string };

export interface Known {
  run: Run;
  identity: Identity;
  /** null where there is none. */
  record: () => Promise<DeploymentRecord | null>;
  /** The Workflow in the page of Argo Workflows. */
  workflowUrl: string | null;
  /** RFC 3339, now. */
  at: string;
}

/**
 * Whether something is missing. A run that failed while the record holds everything leaves nothing missing, a run that ended well
 * does while the record owes what it does not mention, and what another run is sending at this moment is that run's to tell.
 */
export async function decide({ run, identity, record, workflowUrl, at }: Known): Promise<Decision> {
  if (valueIn(run.evidence)?.dryRun) return { kind: 'leave', why: 'a dry run owes nothing' };
  const { gaps, failed } = gapsOf(run);
  const { name } = identity;
  const workflow = run.workflow ?? 'the run';
  const isWell = gaps.length === 0 && failed.length === 0;
  const kept = await record();
  if (kept === null && isWell) return { kind: 'resolve', name, found: `${workflow} ended, and nothing is missing` };
  if (kept !== null && summaryOf(kept).state === 'complete') {
    const found = isWell ? 'ended, and nothing is missing' : 'failed, and nothing is missing: the record is complete';
    return { kind: 'resolve', name, found: `${workflow} ${found}` };
  }
  if (kept !== null && isBeingSent(kept, at))
    return { kind: 'leave', why: 'another run is sending what is missing, and tells what it comes to' };
  const missing = isWell && kept !== null ? [owedGap(kept)] : gaps;
  return { kind: 'raise', alarm: alarmOf({ run, identity, workflowUrl }, missing, failed) };
}

/** What an earlier run planned, and this one does not know of. */
function owedGap({ id, deliveries }: DeploymentRecord): Gap {
  const open = deliveries.filter(isOpen).map(({ reference }) => reference);
  const [first = 'something'] = open;
  const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
  const problem = `still owes ${first}${more}, which this run does not mention`;
  return { subject: 'The record', problem, remedy: `aftersync explain ${id} shows what` };
}

const isOpen = ({ state }: DeploymentRecord['deliveries'][number]): boolean =>
  !isRecorded(state) && state !== 'skipped';

/** Everything that is not recorded yet is in the hands of a run whose lease has not ended. */
function isBeingSent({ deliveries }: DeploymentRecord, at: string): boolean {
  const open = deliveries.filter(isOpen);
  return (
    open.length > 0 &&
    open.every(({ state, leaseUntil }) => state === 'sending' && leaseUntil !== null && leaseUntil > at)
  );
}

function alarmOf(
  { run, identity, workflowUrl }: Pick<Known, 'run' | 'identity' | 'workflowUrl'>,
  gaps: readonly Gap[],
  failed: readonly FailedStep[],
): Alarm {
  const { name, operation, instance, application, environment, url } = identity;
  return {
    name,
    cause: {
      operation,
      instance,
      application,
      environment,
      what: cut(whatIsMissing(gaps, failed), MAX_LINE),
      subject: cut(subjectOf(identity, run), MAX_LINE),
      remedy: cut(remedyOf(run, gaps, failed), MAX_LINE),
      links: { workflow: workflowUrl, application: url },
    },
  };
}

function whatIsMissing([first, ...others]: readonly Gap[], [step]: readonly FailedStep[]): string {
  if (first === undefined) return `${step?.step ?? 'The run'} failed`;
  const more = others.length === 0 ? '' : `, and ${count(others.length, 'thing')} more`;
  return `${first.subject}: ${first.problem}${more}`;
}

function subjectOf({ application, environment, startedAt, operation }: Identity, { workflow }: Run): string {
  if (application === null) return operation === null ? `Workflow ${workflow}` : `sync operation ${operation}`;
  const where = environment === null ? '' : ` in ${environment}`;
  const when = startedAt === null ? '' : `, started at ${startedAt}`;
  return `sync of Application ${application.namespace}/${application.name}${where}${when}`;
}

/** Where receipts say what is missing, they say how to mend it; before that the step that failed does. */
function remedyOf(run: Run, gaps: readonly Gap[], failed: readonly FailedStep[]): string {
  const said = failed.map(({ step, message }) => `${step}: ${message || 'failed without a message'}`);
  const fromGaps = [...new Set(gaps.map(({ remedy }) => remedy))];
  const remedies = valueIn(run.evidence) === null && said.length > 0 ? said.slice(0, 2) : fromGaps.slice(0, 3);
  const again = againOf(run, gaps, failed);
  const then = again === null ? [] : [`Then: ${commandOf(again)}`];
  return [...(remedies.length > 0 ? remedies : said.slice(0, 2)), ...then]
    .map(text => text.replace(/[.\s]+$/, ''))
    .join('. ');
}
