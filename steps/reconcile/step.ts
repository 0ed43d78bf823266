import type { ObjectPages } from '../../lib/clients/object-pages.ts';
import type { Workflows } from '../../lib/clients/workflows.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { EventApplication } from '../../lib/events/application-operation.ts';
import { syncFinished } from '../../lib/events/sync-finished.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import { workflowOf } from '../../lib/workflows/post-deployment.ts';
import type { Decision, Reason } from './decide.ts';
import { eventFor } from './event.ts';
import { hasEnded, type Observed, observe } from './observe.ts';
import { millis, toSeconds } from './operation.ts';
import { type Plan, planOf } from './plan.ts';

type Start = Plan['chosen'][number];

export interface ReconcileInput {
  settings: Configuration['reconcile'];
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
  /** How many Applications are in scope. */
  applications: number;
  counts: Partial<Record<Reason, number>>;
  records: Observed['records'];
  failure: Failure | null;
}

/**
 * Compares what Argo CD still knows with the records, and starts the pipeline for what has none or is incomplete. Running it
 * twice, at once or beside a Sensor, starts nothing twice: the name of a Workflow follows from the operation and the number of
 * its runs, and Kubernetes keeps names apart.
 */
export async function reconcile(input: ReconcileInput, clients: ReconcileClients): Promise<ReconcileOutput> {
  const { settings, namespace, now } = input;
  const applicationNamespaces =
    settings.applicationNamespaces.length === 0 ? [namespace] : settings.applicationNamespaces;
  const seen = await observe(clients.pages, { applications: applicationNamespaces, records: namespace });
  const limits = { now, since: sinceOf(input), graceSeconds: settings.graceSeconds };
  const { chosen, left } = planOf(seen, limits, settings.maxStarts);
  const outcomes: Outcome[] = [];
  for (const start of chosen) outcomes.push(await carryOut(start, input, clients));
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  return {
    outcomes,
    left,
    applications: seen.applications.length,
    counts: countsOf(left),
    records: seen.records,
    failure: failed.length === 0 ? null : failureOf(failed),
  };
}

async function carryOut(start: Start, input: ReconcileInput, clients: ReconcileClients): Promise<Outcome> {
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
    if (await create(workflow)) return { start, outcome: 'started', detail: why };
    if (start.action !== 'start' || !(await leftNothing(start, input, clients)))
      return { start, outcome: 'there', detail: why };
    const next = { ...start, workflow: `${workflow}-r1` };
    return { start: next, outcome: (await create(next.workflow)) ? 'started' : 'there', detail: why };
  } catch (error) {
    // One operation must not hold up the others; a cluster that does not answer ends the run.
    if (!(error instanceof Failure) || error.exitCode === ExitCode.transient) throw error;
    return { start, outcome: 'failed', detail: error.message };
  }
}

/** Argo Workflows says Succeeded of a Workflow that was terminated while it waited for the lock: nothing of it ran. */
const leftNothing = async (
  { operation, workflow }: Start,
  { namespace }: ReconcileInput,
  { pages, readDeployment }: ReconcileClients,
): Promise<boolean> => (await hasEnded(pages, namespace, workflow)) && (await readDeployment(operation.id)) === null;

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

const failureOf = (failed: readonly Outcome[]): Failure =>
  new Failure(
    ExitCode.refused,
    `${failed.length} Workflows were not started`,
    failed[0]?.start.workflow ?? '',
    failed[0]?.detail ?? '',
  );
