import * as z from 'zod';
import { type ApplicationEvents, readControllerEvents } from '../../lib/argocd/controller-events.ts';
import type { ObjectPages } from '../../lib/clients/object-pages.ts';
import { RecordState } from '../../lib/contracts/deployment-record-summary.ts';
import { scopeOf } from '../../lib/contracts/scope.ts';
import { operationIn } from '../../lib/events/sync-finished.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import { failureOfOne } from '../../lib/runtime/one-of-many.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { type KnownApplication, ListedApplication, toKnownApplication } from './application.ts';
import type { RecordSeen, WorkflowsSeen } from './decide.ts';
import type { Subject } from './operation.ts';

const APPLICATIONS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', kind: 'Application' };
const WORKFLOWS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows', kind: 'Workflow' };
const RECORDS = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };

/** An Application may have thousands of resources in its status, and more than a megabyte; two pages are held at once. */
const APPLICATIONS_A_PAGE = 25;
const A_PAGE = 500;

/** A row of the table of records, beside what decides. */
export interface RecordRow extends RecordSeen {
  application: Subject;
  startedAt: string;
  /** Artifacts that evidence is owed for and not recorded of. */
  missing: number;
}

/** What the cluster shows. Only what decides is kept. */
export interface Observed {
  applications: KnownApplication[];
  /** Applications that are left out. */
  ignored: KnownApplication[];
  /** By the uid of the Application. */
  events: Map<string, ApplicationEvents>;
  workflows: Map<string, WorkflowsSeen>;
  records: Map<string, RecordRow>;
  /** Ids of records that are there and cannot be read: nothing is done about their operations. */
  unreadableRecords: Set<string>;
  /** Namespaces of Applications that could not be listed. */
  unlisted: Set<string>;
  /** Why one of many could not be read; the others were. */
  failed: Failure[];
}

/**
 * Reads it in this order: an operation whose Workflow ended between two lists then has a record, and one whose Workflow was
 * started meanwhile is found by name when it is created. What cannot be read of one namespace, Application, Event or record
 * keeps nothing of the others.
 * @param namespaces ignorable: globs over the Applications that may leave themselves out
 * @throws Failure where Workflows or records cannot be listed, or no namespace can: nothing may be started then
 */
export async function observe(
  pages: ObjectPages,
  { ignorable, ...namespaces }: { applications: readonly string[]; records: string; ignorable: readonly string[] },
): Promise<Observed> {
  const seen: Observed = {
    applications: [],
    ignored: [],
    events: new Map(),
    workflows: new Map(),
    records: new Map(),
    unreadableRecords: new Set(),
    unlisted: new Set(),
    failed: [],
  };
  for (const namespace of namespaces.applications)
    try {
      await readApplications(pages, namespace, ignorable, seen);
      const told = await readControllerEvents(pages, namespace, undefined, why => seen.failed.push(why));
      for (const [uid, events] of told) seen.events.set(uid, events);
    } catch (error) {
      // One that is forbidden. A cluster that does not answer says so of the rest as well.
      if (error instanceof Failure && error.exitCode === ExitCode.transient) throw error;
      seen.unlisted.add(namespace);
      seen.failed.push(failureOfOne(error, `namespace ${namespace}`));
    }
  const [failure] = seen.failed;
  if (failure !== undefined && seen.unlisted.size === namespaces.applications.length) throw failure;
  await readWorkflows(pages, namespaces.records, seen.workflows);
  await readRecords(pages, namespaces.records, seen);
  return seen;
}

/** @returns null where it cannot be read, which is then among what failed */
function oneOf<T extends z.ZodType>(schema: T, object: unknown, on: string, failed: Failure[]): z.output<T> | null {
  try {
    return parseAs(schema, object, `${on} ${nameIn(object)}`, 'Argo CD 2.11 and later are understood');
  } catch (error) {
    failed.push(failureOfOne(error, `${on} ${nameIn(object)}`));
    return null;
  }
}

const Named = z.object({ metadata: z.object({ namespace: z.string().default(''), name: z.string() }) });

function nameIn(object: unknown): string {
  const named = Named.safeParse(object).data?.metadata;
  return named === undefined ? 'without a name' : `${named.namespace}/${named.name}`;
}

async function readApplications(
  pages: ObjectPages,
  namespace: string,
  ignorable: readonly string[],
  seen: Observed,
): Promise<void> {
  for await (const page of pages.whole(APPLICATIONS, { namespace, limit: APPLICATIONS_A_PAGE }))
    for (const object of page) {
      const listed = oneOf(ListedApplication, object, 'Application', seen.failed);
      if (listed === null) continue;
      const known = toKnownApplication(listed, scopeOf(listed.metadata, ignorable));
      (known.scope === 'ignored' ? seen.ignored : seen.applications).push(known);
    }
}

const WorkflowMetadata = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
});
const COMPLETED = 'workflows.argoproj.io/completed';

/** Those that succeeded have a record that says so, and are the most by far. */
async function readWorkflows(pages: ObjectPages, namespace: string, found: Observed['workflows']): Promise<void> {
  const labelSelector = 'app.kubernetes.io/part-of=aftersync,workflows.argoproj.io/phase!=Succeeded';
  for await (const page of pages.metadata(WORKFLOWS, { namespace, labelSelector, limit: A_PAGE }))
    for (const object of page) {
      const { name, creationTimestamp, labels } = WorkflowMetadata.parse(object).metadata;
      const operation = operationIn(name);
      if (operation === null) continue;
      const { id, resume } = operation;
      const before = found.get(id);
      const running = labels?.[COMPLETED] !== 'true';
      const isLatest = before === undefined || before.latestAt <= creationTimestamp;
      found.set(id, {
        running: running || (before?.running ?? false),
        attempts: Math.max(resume + 1, before?.attempts ?? 0),
        latestAt: isLatest ? creationTimestamp : before.latestAt,
        latest: isLatest ? name : before.latest,
      });
    }
}

const WorkflowStatus = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      message: z.string().nullish(),
      nodes: z.record(z.string(), z.unknown()).nullish(),
      // Where the nodes do not stand in the Workflow because they are too many.
      compressedNodes: z.string().nullish(),
      offloadNodeStatusVersion: z.string().nullish(),
    })
    .nullish(),
});

/**
 * Whether somebody stopped or terminated a Workflow while it waited for its lock, so that nothing of it ran: no nodes. Argo
 * Workflows 4.1 ends it as Failed and says so in its message, 3.7 as Succeeded, which hasEnded finds.
 */
export async function neverRan(pages: ObjectPages, namespace: string, name: string): Promise<boolean> {
  for await (const page of pages.whole(WORKFLOWS, named(namespace, name)))
    for (const object of page) {
      const { metadata, status } = WorkflowStatus.parse(object);
      if (metadata.name !== name || !status) return false;
      const { message, nodes, compressedNodes, offloadNodeStatusVersion } = status;
      const hasNodes = Object.keys(nodes ?? {}).length > 0 || compressedNodes || offloadNodeStatusVersion;
      return !hasNodes && /^Stopped with strategy /.test(message ?? '');
    }
  return false;
}

const named = (namespace: string, name: string) => ({ namespace, fieldSelector: `metadata.name=${name}`, limit: 1 });

/** @returns whether the Workflow has ended, however it ended; false where there is none */
export async function hasEnded(pages: ObjectPages, namespace: string, name: string): Promise<boolean> {
  const query = named(namespace, name);
  for await (const page of pages.metadata(WORKFLOWS, query))
    for (const object of page) {
      const { metadata } = WorkflowMetadata.parse(object);
      return metadata.name === name && metadata.labels?.[COMPLETED] === 'true';
    }
  return false;
}

/** A cell is empty until the record has a status. */
const count = z.union([z.number(), z.literal('').transform(() => null)]).nullish();

/** The columns of deploy/crds. */
const Row = z.object({
  Name: z.string(),
  App: z.string(),
  Phase: z.string(),
  Started: z.string(),
  State: z.union([RecordState, z.literal(''), z.null()]),
  Artifacts: count,
  Submitted: count,
  Runs: count,
  Changed: z.string().nullish(),
  Accepted: z.string().nullish(),
  'App Namespace': z.string(),
  'App UID': z.string(),
});

async function readRecords(pages: ObjectPages, namespace: string, seen: Observed): Promise<void> {
  const { records, unreadableRecords, failed } = seen;
  const on = `table of the DeploymentRecords of ${namespace}`;
  const remedy = 'apply deploy/crds of the version that runs';
  for await (const page of pages.table(RECORDS, { namespace, limit: A_PAGE }))
    for (const row of page)
      try {
        const { Name, ...cells } = parseAs(Row, row, on, remedy);
        records.set(Name, toRecordRow(cells));
      } catch (error) {
        const name = z.object({ Name: z.string() }).safeParse(row).data?.Name;
        if (name === undefined) throw error;
        unreadableRecords.add(name);
        failed.push(failureOfOne(error, `DeploymentRecord ${name}`));
      }
  const [failure] = failed.slice(-1);
  // Not one of many: the table is another one.
  if (failure !== undefined && records.size === 0 && unreadableRecords.size > 0) throw failure;
}

/** Whether the record of an operation holds everything by now; false where there is none. */
export async function isComplete(pages: ObjectPages, namespace: string, id: string): Promise<boolean> {
  for await (const page of pages.table(RECORDS, named(namespace, id)))
    for (const row of page)
      return Row.safeParse(row).data?.Name === id && toRecordRow(Row.parse(row)).state === 'complete';
  return false;
}

function toRecordRow(row: Omit<z.infer<typeof Row>, 'Name'>): RecordRow {
  const { App, Phase, Started, State, Runs, Changed, Accepted, Artifacts, Submitted, ...of } = row;
  return {
    application: { namespace: of['App Namespace'], name: App, uid: of['App UID'] },
    startedAt: Started,
    state: State || unstated(Runs ?? 0, Artifacts ?? 0, Submitted ?? 0),
    runs: Runs ?? 0,
    changedAt: Changed || null,
    acceptedAt: Accepted || null,
    succeeded: Phase === 'Succeeded',
    missing: Math.max(0, (Artifacts ?? 0) - (Submitted ?? 0)),
  };
}

/** Records of older versions do not say their state: a record that holds what it counts is not touched again. */
function unstated(runs: number, artifacts: number, submitted: number): RecordSeen['state'] {
  if (runs === 0) return 'open';
  return submitted >= artifacts ? 'complete' : 'owed';
}
