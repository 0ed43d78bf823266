import pLimit from 'p-limit';
import * as z from 'zod';
import { createKubernetesAlerts } from '../lib/alerts/kubernetes.ts';
import type { StoredAlert } from '../lib/alerts/store.ts';
import { createDeadLetters } from '../lib/clients/dead-letters.ts';
import { createObjectPages } from '../lib/clients/object-pages.ts';
import type { Configuration } from '../lib/contracts/configuration.ts';
import { applicationNamespacesOf } from '../lib/contracts/scope.ts';
import { growthOf } from '../lib/ledger/growth.ts';
import { Failure } from '../lib/runtime/failure.ts';
import { POST_DEPLOYMENT } from '../lib/workflows/template-name.ts';
import { connectReconcile } from '../steps/reconcile/clients.ts';
import { reconcile } from '../steps/reconcile/step.ts';
import { DEFINITIONS, judgeDefinition, judgeWindowType } from './checks/definitions.ts';
import { judgeAlerts, judgeDeadLetters } from './checks/left-over.ts';
import { judgeNotifications } from './checks/notifications.ts';
import { judgeAccounts, judgeReading, judgeRights } from './checks/permissions.ts';
import { judgeRecords } from './checks/records.ts';
import { judgeControllers } from './checks/running.ts';
import { judgeSecret, wantedSecrets } from './checks/secrets.ts';
import { judgeSyncs } from './checks/syncs.ts';
import { judgeEventParts, judgeImages, judgeSchedule, judgeTemplates, templatesOf } from './checks/templates.ts';
import { judgeVersions } from './checks/versions.ts';
import type { Cluster, Type } from './cluster.ts';
import { readDestinations, readerOf, readingRights } from './destinations.ts';
import { cannotTell, type Finding, type Judgement, wrongBy } from './finding.ts';
import { type Right, rightsOf, windowsOf } from './rights.ts';

const ARGO = { group: 'argoproj.io', version: 'v1alpha1' };
const CRDS: Type = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
const RECORDS = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };
const Metadata = z.object({
  metadata: z.object({ creationTimestamp: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
});
const ConfigMap = z.object({ data: z.record(z.string(), z.string()).default({}) });
const PAGE = 500;
/** Questions to the API server at a time. */
const AT_ONCE = 16;

export interface Situation {
  cluster: Cluster;
  namespace: string;
  /** null where it is not there, or no step could read it. */
  configuration: Configuration | null;
  /** RFC 3339. */
  now: string;
}

/** Everything that the cluster can be asked, in the order of the way of an event. @throws Failure 75 it does not answer */
export async function examine(situation: Situation): Promise<Finding[]> {
  const { cluster, namespace, configuration } = situation;
  const images = cluster.images(namespace);
  const accounts = cluster.serviceAccounts(namespace);
  const sensor = cluster.read({ ...ARGO, plural: 'sensors' }, namespace, 'argocd-sync');
  let listed: Promise<StoredAlert[]> | undefined;
  const alerts = async () => {
    // One that cannot be read ends these checks: they would say less than they seem to.
    listed ??= createKubernetesAlerts(namespace).list(unreadable => {
      throw unreadable;
    });
    return (await listed).map(({ alert }) => alert);
  };
  const checks: Record<string, () => Promise<Judgement[]>> = {
    versions: async () => [
      ...judgeVersions(await images, configuration?.evidence.strategy ?? null),
      ...judgeControllers(await images),
    ],
    definitions: () => definitions(cluster, configuration),
    secrets: () =>
      Promise.all(
        wantedSecrets(configuration).map(async secret =>
          judgeSecret(secret, await cluster.secret(namespace, secret.name)),
        ),
      ),
    notifications: async () =>
      judgeNotifications({
        configMap: await cluster.configMap(namespace, 'argocd-notifications-cm'),
        secret: await cluster.secret(namespace, 'argocd-notifications-secret'),
        webhook: await cluster.secret(namespace, 'aftersync-webhook'),
        reading: await notificationsReading(situation, await images),
      }),
    events: async () =>
      judgeEventParts(
        [
          {
            name: 'EventBus aftersync',
            seen: await cluster.read({ ...ARGO, plural: 'eventbus' }, namespace, 'aftersync'),
            ...(await podsOf('eventbus-name=aftersync')),
          },
          {
            name: 'EventSource argocd',
            seen: await cluster.read({ ...ARGO, plural: 'eventsources' }, namespace, 'argocd'),
            ...(await podsOf('eventsource-name=argocd')),
          },
          { name: 'Sensor argocd-sync', seen: await sensor, ...(await podsOf('sensor-name=argocd-sync')) },
        ],
        namespace,
      ),
    templates: async () => {
      const templates = await Promise.all(
        templatesOf(await sensor).map(async name => ({
          name: `ClusterWorkflowTemplate ${name}`,
          seen: await cluster.read({ ...ARGO, plural: 'clusterworkflowtemplates' }, null, name),
        })),
      );
      return [
        ...judgeTemplates(templates),
        ...judgeImages(templates, configuration),
        judgeSchedule({
          name: 'CronWorkflow reconcile',
          seen: await cluster.read({ ...ARGO, plural: 'cronworkflows' }, namespace, 'reconcile'),
        }),
      ];
    },
    permissions: async () => permissions(situation, await accounts),
    workloads: async () => workloads(situation, await accounts, templatesOf(await sensor)),
    syncs: () => syncs(situation),
    'dead letters': async () => judgeDeadLetters(await createDeadLetters(namespace).list(), await alerts()),
    alerts: async () => judgeAlerts(await alerts()),
    records: () => records(situation),
  };
  const podsOf = async (label: string) => ({ label, pods: await cluster.pods(namespace, label) });
  const found = await Promise.all(Object.entries(checks).map(([name, check]) => judged(name, check)));
  return found.flat();
}

/** A check that may not look says so; the others go on. */
async function judged(check: string, judge: () => Promise<Judgement[]>): Promise<Finding[]> {
  const judgements = await judge().catch((error: unknown) => {
    if (!(error instanceof Failure) || error.exitCode === 75) throw error;
    return [error.exitCode === 2 ? cannotTell(error.fault, error.remedy) : wrongBy(error)];
  });
  return judgements.map(judgement => ({ check, ...judgement }));
}

async function definitions(cluster: Cluster, configuration: Configuration | null): Promise<Judgement[]> {
  const ours = DEFINITIONS.map(async definition =>
    judgeDefinition(definition, await cluster.read(CRDS, null, definition.metadata.name)),
  );
  const windows = configuration && windowsOf(configuration);
  const theirs = (windows?.resources ?? []).map(async plural =>
    judgeWindowType(`${plural}.${windows?.group}`, await cluster.read(CRDS, null, `${plural}.${windows?.group}`)),
  );
  return (await Promise.all([...ours, ...theirs])).filter(judgement => judgement !== null);
}

/** Where its namespaces are set, Argo CD's notifications controller lists Applications in all of them at once. */
async function notificationsReading(
  { cluster }: Situation,
  images: Awaited<ReturnType<Cluster['images']>>,
): Promise<{ account: string; where: string; allowed: boolean } | null> {
  const controller = (images ?? []).find(({ deployment }) => deployment.endsWith('notifications-controller'));
  if (controller === undefined) return null;
  const parameters = await cluster.configMap(controller.namespace, 'argocd-cmd-params-cm');
  const named = parameters.state === 'found' ? ConfigMap.safeParse(parameters.object).data?.data : undefined;
  const where = named?.['application.namespaces'] ? null : controller.namespace;
  const right = { account: controller.account, namespace: where, group: ARGO.group, resource: 'applications' };
  const allowed = await cluster.isAllowed({ ...right, verb: 'list' }, controller.namespace);
  if (allowed === null) return null;
  return { account: `${controller.namespace}/${controller.account}`, where: where ?? 'all namespaces', allowed };
}

async function permissions(
  { cluster, namespace, configuration }: Situation,
  accounts: string[] | null,
): Promise<Judgement[]> {
  const answers = await ask(cluster, namespace, rightsOf(accounts ?? [], namespace, configuration));
  return [...judgeAccounts(accounts), ...judgeRights(answers)];
}

/** Whether workloads can be read wherever Applications of this cluster deploy to. */
async function workloads(situation: Situation, accounts: string[] | null, templates: string[]): Promise<Judgement[]> {
  const { cluster, namespace, configuration } = situation;
  const namespaces = applicationNamespacesOf(namespace, configuration?.reconcile.applicationNamespaces ?? []);
  const destinations = await readDestinations(createObjectPages(), namespaces);
  const account = readerOf(accounts ?? [], templates.includes('post-deployment-compact'));
  return judgeReading(await ask(cluster, namespace, readingRights(account, destinations)), namespace);
}

const ask = (cluster: Cluster, namespace: string, rights: readonly Right[]) => {
  const limit = pLimit(AT_ONCE);
  return Promise.all(
    rights.map(right => limit(async () => ({ right, allowed: await cluster.isAllowed(right, namespace) }))),
  );
};

/** What reconcile would start, if it ran now. */
async function syncs({ namespace, configuration, now }: Situation): Promise<Judgement[]> {
  if (configuration === null) return [cannotTell('which syncs have a record', 'mend the configuration')];
  const { reconcile: settings, ignore, archive, retention } = configuration;
  const archiveAfterDays = archive?.afterDays ?? retention?.days ?? null;
  const template = POST_DEPLOYMENT;
  return judgeSyncs(
    await reconcile(
      { settings, ignorable: ignore.allowed, archiveAfterDays, namespace, template, now, dryRun: true },
      connectReconcile(namespace),
    ),
  );
}

async function records({ namespace, configuration, now }: Situation): Promise<Judgement[]> {
  const counted: { application: string; createdAt: string }[] = [];
  for await (const page of createObjectPages().metadata(RECORDS, { namespace, limit: PAGE }))
    for (const item of page) {
      const { creationTimestamp, labels } = Metadata.parse(item).metadata;
      counted.push({ application: labels['aftersync.dev/application-uid'] ?? '', createdAt: creationTimestamp });
    }
  return [judgeRecords(growthOf(counted, now), configuration)];
}
