import * as z from 'zod';
import { type ApplicationEvents, readControllerEvents } from '../../lib/argocd/controller-events.ts';
import type { ObjectPages } from '../../lib/clients/object-pages.ts';
import { RecordState } from '../../lib/contracts/deployment-record-summary.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { type KnownApplication, ListedApplication, toKnownApplication } from './application.ts';
import type { RecordSeen, WorkflowsSeen } from './decide.ts';
import type { Subject } from './operation.ts';

const APPLICATIONS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', kind: 'Application' };
const WORKFLOWS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows', kind: 'Workflow' };
const RECORDS = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };

/** An Application may have thousands of resources in its status. */
const APPLICATIONS_A_PAGE = 100;
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
  /** uids of Applications that are left out. */
  ignored: Set<string>;
  /** By the uid of the Application. */
  events: Map<string, ApplicationEvents>;
  workflows: Map<string, WorkflowsSeen>;
  records: Map<string, RecordRow>;
}

/**
 * Reads it in this order: an operation whose Workflow ended between two lists then has a record, and one whose Workflow was
 * started meanwhile is found by name when it is created.
 */
export async function observe(
  pages: ObjectPages,
  namespaces: { applications: readonly string[]; records: string },
): Promise<Observed> {
  const applications: KnownApplication[] = [];
  const ignored: Observed['ignored'] = new Set();
  const events: Observed['events'] = new Map();
  for (const namespace of namespaces.applications) {
    for await (const page of pages.whole(APPLICATIONS, { namespace, limit: APPLICATIONS_A_PAGE }))
      for (const object of page) {
        const listed = ListedApplication.parse(object);
        const known = toKnownApplication(listed);
        if (known === null) ignored.add(listed.metadata.uid);
        else applications.push(known);
      }
    for (const [uid, told] of await readControllerEvents(pages, namespace)) events.set(uid, told);
  }
  const workflows = await readWorkflows(pages, namespaces.records);
  return { applications, ignored, events, workflows, records: await readRecords(pages, namespaces.records) };
}

const WorkflowMetadata = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
});
const COMPLETED = 'workflows.argoproj.io/completed';
/** <application>-<operation id>, and -r<n> for a resume. */
const WORKFLOW_NAME = /-([0-9a-f]{16})(?:-r(\d+))?$/;

/** Those that succeeded have a record that says so, and are the most by far. */
async function readWorkflows(pages: ObjectPages, namespace: string): Promise<Observed['workflows']> {
  const labelSelector = 'app.kubernetes.io/part-of=aftersync,workflows.argoproj.io/phase!=Succeeded';
  const found: Observed['workflows'] = new Map();
  for await (const page of pages.metadata(WORKFLOWS, { namespace, labelSelector, limit: A_PAGE }))
    for (const object of page) {
      const { name, creationTimestamp, labels } = WorkflowMetadata.parse(object).metadata;
      const [, id, number = '0'] = WORKFLOW_NAME.exec(name) ?? [];
      if (id === undefined) continue;
      const before = found.get(id);
      const running = labels?.[COMPLETED] !== 'true';
      found.set(id, {
        running: running || (before?.running ?? false),
        attempts: Math.max(Number(number) + 1, before?.attempts ?? 0),
        latestAt: before !== undefined && before.latestAt > creationTimestamp ? before.latestAt : creationTimestamp,
      });
    }
  return found;
}

/** @returns whether the Workflow has ended, however it ended; false where there is none */
export async function hasEnded(pages: ObjectPages, namespace: string, name: string): Promise<boolean> {
  const query = { namespace, fieldSelector: `metadata.name=${name}`, limit: 1 };
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

async function readRecords(pages: ObjectPages, namespace: string): Promise<Observed['records']> {
  const found: Observed['records'] = new Map();
  for await (const page of pages.table(RECORDS, { namespace, limit: A_PAGE }))
    for (const row of page) {
      const { Name, App, Phase, Started, State, Runs, Changed, Accepted, Artifacts, Submitted, ...of } = parseAs(
        Row,
        row,
        `table of the DeploymentRecords of ${namespace}`,
        'apply deploy/crds of the version that runs',
      );
      found.set(Name, {
        application: { namespace: of['App Namespace'], name: App, uid: of['App UID'] },
        startedAt: Started,
        state: State || unstated(Runs ?? 0, Artifacts ?? 0, Submitted ?? 0),
        runs: Runs ?? 0,
        changedAt: Changed || null,
        acceptedAt: Accepted || null,
        succeeded: Phase === 'Succeeded',
        missing: Math.max(0, (Artifacts ?? 0) - (Submitted ?? 0)),
      });
    }
  return found;
}

/** Records of older versions do not say their state: a record that holds what it counts is not touched again. */
function unstated(runs: number, artifacts: number, submitted: number): RecordSeen['state'] {
  if (runs === 0) return 'open';
  return submitted >= artifacts ? 'complete' : 'owed';
}
