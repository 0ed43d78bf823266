import type { ObjectPages } from '../../lib/clients/object-pages.ts';
import type { Workflows } from '../../lib/clients/workflows.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { applicationNamespacesOf } from '../../lib/contracts/scope.ts';
import type { EventApplication } from '../../lib/events/application-operation.ts';
import { syncFinished } from '../../lib/events/sync-finished.ts';
import type { Budget } from '../../lib/runtime/budget.ts';
import { type Failure, refused } from '../../lib/runtime/failure.ts';
import { failureOfOne } from '../../lib/runtime/one-of-many.ts';
import { workflowOf } from '../../lib/workflows/post-deployment.ts';
import type { KnownApplication } from './application.ts';
import type { Decision, Reason } from './decide.ts';
import { eventFor } from './event.ts';
import { hasEnded, neverRan, type Observed, observe } from './observe.ts';
import { millis, toSeconds } from './operation.ts';
import { type Plan, planOf } from './plan.ts';

type Start = Plan['chosen'][number];

export interface ReconcileInput {
  settings: Configuration['reconcile'];
  /** Globs over the Applications that may leave themselves out. */
  ignorable: readonly string[];
  /** Records that are older may be in the archive; null without one. */
  archiveAfterDays: number | null;
  /** Namespace of the records and the Workflows. */
  namespace: string;
  /** Name of the ClusterWorkflowTemplate. */
  template: string;
  /** RFC 3339. */
  now: string;
  /** Only say what would be started. */
  dryRun: boolean;
}

export interface ReconcileClients {
  pages: ObjectPages;
  workflows: Workflows;
  /** @returns null where it does not exist */
  readApplication(namespace: string, name: string): Promise<EventApplication | null>;
  /** Its deployment. @returns null where there is no such record */
  readDeployment(id: string): Promise<Deployment | null>;
  /** Whether its record holds everything by now; false where there is none. */
  isComplete(id: string): Promise<boolean>;
  /** No start is begun after its end. */
  budget: Budget;
}

/** What came of one start. there: somebody was faster. gone: nothing knows the operation any more. */
export interface Outcome {
  start: Start;
  outcome: 'planned' | 'started' | 'there' | 'gone' | 'failed';
  detail: string;
}

export interface ReconcileOutput {
  outcomes: Outcome[];
  left: Decision[];
  applications: number;
  /** Applications that leave themselves out, as the configuration lets them. */
  ignored: KnownApplication[];
  /** How many ask for it and are in scope all the same. */
  notAllowed: number;
  /** How many operations were left alone, by reason. */
  counts: Partial<Record<Reason, number>>;
  records: Observed['records'];
  /** What could not be looked at or started, one reason each; the others were. */
  failed: Failure[];
}

/** How many Workflows that ended are looked into, the youngest first: what was stopped while it waited is started again at once. */
const MAX_LOOKS = 50;
/** Of the numbers that follow the one of an attempt: each may belong to a Workflow that ended and that no list shows. */
const MAX_NUMBERS = 20;

/**
 * Compares what Argo CD still knows with the records, and starts the pipeline for what has none or is incomplete. Running it
 * twice, at once or beside a Sensor, starts nothing twice: the name of a Workflow follows from the operation and the number of
 * its runs, and Kubernetes keeps names apart. What fails is the matter of one operation, and the others go on.
 * @throws Failure where the cluster cannot be looked at
 */
export async function reconcile(input: ReconcileInput, clients: ReconcileClients): Promise<ReconcileOutput> {
  const { settings, ignorable, namespace, now } = input;
  const applications = applicationNamespacesOf(namespace, settings.applicationNamespaces);
  const seen = await observe(clients.pages, { applications, records: namespace, ignorable });
  await lookIntoEnded(seen, namespace, clients);
  const limits = { now, since: sinceOf(input), graceSeconds: settings.graceSeconds };
  const { chosen, left } = planOf(seen, limits, settings.maxStarts);
  const outcomes: Outcome[] = [];
  const failed = seen.failed;
  for (const start of chosen)
    if (clients.budget.remainingMs() === 0) left.push(postponed(start));
    else outcomes.push(await carryOut(start, input, clients, failed));
  return {
    outcomes,
    left,
    applications: seen.applications.length,
    ignored: seen.ignored,
    notAllowed: seen.applications.filter(({ scope }) => scope === 'not-allowed').length,
    counts: countsOf(left),
    records: seen.records,
    failed,
  };
}

const postponed = ({ operation }: Start): Decision => ({
  action: 'leave',
  operation,
  reason: 'limit',
  why: 'the time of this run is used up',
});

/** Finds those of which nothing ran among the Workflows that ended and left something missing. */
async function lookIntoEnded(
  { workflows, records, failed }: Observed,
  namespace: string,
  { pages, budget }: ReconcileClients,
): Promise<void> {
  const ended = [...workflows]
    .filter(([id, { running }]) => !running && records.get(id)?.state !== 'complete')
    .sort(([, a], [, b]) => b.latestAt.localeCompare(a.latestAt))
    .slice(0, MAX_LOOKS);
  for (const [, workflow] of ended)
    try {
      if (budget.remainingMs() === 0) return;
      workflow.neverRan = await neverRan(pages, namespace, workflow.latest);
    } catch (error) {
      failed.push(failureOfOne(error, `Workflow ${namespace}/${workflow.latest}`));
    }
}

async function carryOut(
  start: Start,
  input: ReconcileInput,
  clients: ReconcileClients,
  failures: Failure[],
): Promise<Outcome> {
  const { operation, workflow, why } = start;
  if (input.dryRun) return { start, outcome: 'planned', detail: why };
  try {
    const { namespace, name } = operation.application;
    const application = await clients.readApplication(namespace, name);
    const deployment = start.action === 'resume' ? await clients.readDeployment(operation.id) : null;
    const data = eventFor(operation, application, deployment);
    if (data === null) return { start, outcome: 'gone', detail: 'Argo CD has forgotten it since it was listed' };
    const { event } = syncFinished(data, input.settings.instance);
    const create = (of: string) => clients.workflows.create(workflowOf({ name: of, event, template: input.template }));
    const [base = '', number = '0'] = workflow.split(/-r(?=\d+$)/);
    for (let next = Number(number); next <= Number(number) + MAX_NUMBERS; next += 1) {
      const attempt = next === 0 ? workflow : `${base}-r${next}`;
      if (await create(attempt)) return { start: { ...start, workflow: attempt }, outcome: 'started', detail: why };
      // Argo Workflows 3.7 says Succeeded of one that was stopped while it waited for the lock: nothing of it ran.
      const isOver = await hasEnded(clients.pages, input.namespace, attempt);
      if (!isOver || (await clients.isComplete(operation.id))) return { start, outcome: 'there', detail: why };
    }
    throw refused(
      'Too many Workflows',
      `${workflow} and ${MAX_NUMBERS} after it have ended`,
      'look why nothing is recorded',
    );
  } catch (error) {
    const failure = failureOfOne(error, `Workflow ${workflow}`);
    failures.push(failure);
    return { start, outcome: 'failed', detail: failure.message };
  }
}

/** The later of the configured date and the greatest age. What may be in the archive has no record to be seen here. */
function sinceOf({ settings, archiveAfterDays, now }: ReconcileInput): string {
  const days = Math.min(settings.maxAgeDays, archiveAfterDays ?? settings.maxAgeDays);
  const oldest = millis(now) - days * 86_400_000;
  return toSeconds(Math.max(oldest, settings.since === undefined ? 0 : millis(settings.since)));
}

function countsOf(left: readonly Decision[]): Partial<Record<Reason, number>> {
  const counts: Partial<Record<Reason, number>> = {};
  for (const decision of left)
    if (decision.action === 'leave') counts[decision.reason] = (counts[decision.reason] ?? 0) + 1;
  return counts;
}
