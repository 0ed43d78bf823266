/**
 * What bench/reconcile.ts runs as processes of their own: `serve APPLICATIONS ENTRIES`, an API server; `read` and `compare`, whose
 * time and peak memory are those of the work alone. Every operation has a complete record, so nothing is started.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { RECORD_COLUMNS } from '../../deploy/deployment-record-crd.ts';
import { createObjectPages } from '../../lib/clients/object-pages.ts';
import { Configuration } from '../../lib/contracts/configuration.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { reconcile } from '../../steps/reconcile/step.ts';

const [mode = '', applications = '2000', history = '10'] = process.argv.slice(2);
const NOW = '2026-11-20T12:00:00Z';
const TYPE = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', kind: 'Application' };

const startOf = (entry: number) =>
  new Date(Date.parse('2026-11-10T00:00:00Z') + entry * 3_600_000).toISOString().replace('.000', '');
const idOf = (uid: string, startedAt: string) =>
  createHash('sha256').update(`${uid}/${startedAt}`).digest('hex').slice(0, 16);

function application(index: number, entries: number) {
  const uid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const source = { repoURL: 'https://git.example.com/deploy.git', path: `apps/${index}`, targetRevision: 'main' };
  const resources = Array.from({ length: 20 }, (_, n) => ({
    ...{ group: 'apps', version: 'v1', kind: 'Deployment', namespace: `team-${index}`, name: `workload-${n}` },
    ...{
      status: 'Synced',
      message: `deployment.apps/workload-${n} configured`,
      hookPhase: 'Running',
      syncPhase: 'Sync',
    },
    images: [`registry.example.com/team-${index}/workload-${n}:1.${n}.0`],
  }));
  return {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    metadata: { name: `app-${index}`, namespace: 'argocd', uid, annotations: {} },
    spec: { project: 'default', source },
    status: {
      history: Array.from({ length: entries }, (_, entry) => ({
        ...{ id: entry, revision: 'a'.repeat(40), deployStartedAt: startOf(entry), deployedAt: startOf(entry), source },
        initiatedBy: { automated: true },
      })),
      operationState: {
        ...{
          phase: 'Succeeded',
          message: 'successfully synced',
          startedAt: startOf(entries - 1),
          finishedAt: startOf(entries - 1),
        },
        syncResult: { revision: 'a'.repeat(40), source, resources },
      },
      resources: resources.map(({ images: _, message: __, ...rest }) => ({ ...rest, health: { status: 'Healthy' } })),
    },
  };
}

function pagesOf(items: readonly string[], size: number): Map<string, { text: string; next: string }> {
  const pages = new Map<string, { text: string; next: string }>();
  for (let at = 0; at < items.length; at += size) {
    const next = at + size < items.length ? String(at + size) : '';
    pages.set(at === 0 ? '' : String(at), { text: items.slice(at, at + size).join(','), next });
  }
  return pages;
}

async function serve(applications: number, entries: number): Promise<void> {
  const all = Array.from({ length: applications }, (_, index) => application(index, entries));
  const apps = pagesOf(
    all.map(one => JSON.stringify(one)),
    100,
  );
  const rows = all.flatMap(({ metadata }) =>
    Array.from({ length: entries }, (_, entry) => {
      const startedAt = startOf(entry);
      const told: Record<string, unknown> = {
        ...{ Name: idOf(metadata.uid, startedAt), App: metadata.name, Env: 'staging', Phase: 'Succeeded' },
        ...{
          Artifacts: 1,
          Submitted: 1,
          State: 'complete',
          Change: '',
          Started: startedAt,
          Runs: 1,
          Changed: startedAt,
        },
        ...{ 'App Namespace': metadata.namespace, 'App UID': metadata.uid, Age: '9d' },
      };
      const cells = RECORD_COLUMNS.map(name => told[name]);
      return JSON.stringify({ cells, object: null });
    }),
  );
  const records = pagesOf(rows, 500);
  const definitions = JSON.stringify(RECORD_COLUMNS.map(name => ({ name, type: 'string' })));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const from = url.searchParams.get('continue') ?? '';
    const isTable = url.pathname.endsWith('deploymentrecords');
    const page = (isTable ? records : url.pathname.endsWith('applications') ? apps : undefined)?.get(from);
    const metadata = `"metadata":{"continue":"${page?.next ?? ''}"}`;
    response.setHeader('content-type', 'application/json');
    response.end(
      isTable
        ? `{${metadata},"columnDefinitions":${definitions},"rows":[${page?.text ?? ''}]}`
        : `{${metadata},"items":[${page?.text ?? ''}]}`,
    );
  });
  server.listen(0, () => process.send?.((server.address() as { port: number }).port));
}

async function read(): Promise<number> {
  let count = 0;
  for await (const page of createObjectPages().whole(TYPE, { namespace: 'argocd', limit: 100 })) count += page.length;
  return count;
}

async function compare(): Promise<number> {
  const settings = Configuration.shape.reconcile.parse(undefined);
  const input = {
    settings,
    ignorable: [],
    archiveAfterDays: null,
    namespace: 'argocd',
    template: 'post-deployment',
    now: NOW,
    dryRun: true,
  };
  const never = async () => {
    throw new Error('nothing is to be started');
  };
  const output = await reconcile(input, {
    pages: createObjectPages(),
    workflows: { create: never },
    readApplication: never,
    readDeployment: never,
    isComplete: never,
    budget: createBudget(300),
  });
  return output.counts.complete ?? 0;
}

/** One process: the client is loaded and has asked once before the clock starts. */
async function measure(work: () => Promise<number>): Promise<void> {
  for await (const _ of createObjectPages().whole({ ...TYPE, plural: 'none' }, { namespace: 'argocd', limit: 1 }));
  const { user, system } = process.cpuUsage();
  const before = (user + system) / 1000;
  const from = performance.now();
  const count = await work();
  const ms = performance.now() - from;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuMs = (userCPUTime + systemCPUTime) / 1000 - before;
  process.send?.({ ms, cpuMs, count, mib: maxRSS / 1024 }, () => process.exit());
}

if (mode === 'serve') await serve(Number(applications), Number(history));
else await measure(mode === 'read' ? read : compare);
