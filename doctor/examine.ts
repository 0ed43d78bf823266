import * as z from 'zod';
import { createKubernetesAlerts } from '../lib/alerts/kubernetes.ts';
import type { StoredAlert } from '../lib/alerts/store.ts';
import { createDeadLetters } from '../lib/clients/dead-letters.ts';
import { createObjectPages } from '../lib/clients/object-pages.ts';
import type { Configuration } from '../lib/contracts/configuration.ts';
import { growthOf } from '../lib/ledger/growth.ts';
import { Failure } from '../lib/runtime/failure.ts';
import { DEFINITIONS, judgeDefinition } from './checks/definitions.ts';
import { judgeAlerts, judgeDeadLetters } from './checks/left-over.ts';
import { judgeNotifications } from './checks/notifications.ts';
import { judgeAccounts, judgeRights } from './checks/permissions.ts';
import { judgeRecords } from './checks/records.ts';
import { judgeSecret, wantedSecrets } from './checks/secrets.ts';
import { judgeEventParts, judgeSchedule, judgeTemplates, templatesOf } from './checks/templates.ts';
import { judgeVersions } from './checks/versions.ts';
import type { Cluster, Type } from './cluster.ts';
import { cannotTell, type Finding, type Judgement, wrongBy } from './finding.ts';
import { rightsOf } from './rights.ts';

const ARGO = { group: 'argoproj.io', version: 'v1alpha1' };
const CRDS: Type = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
const RECORDS = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };
const Metadata = z.object({
  metadata: z.object({ creationTimestamp: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
});
const PAGE = 500;

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
  const sensor = cluster.read({ ...ARGO, plural: 'sensors' }, namespace, 'argocd-sync');
  let listed: Promise<StoredAlert[]> | undefined;
  const alerts = async () => {
    listed ??= createKubernetesAlerts(namespace).list();
    return (await listed).map(({ alert }) => alert);
  };
  const checks: Record<string, () => Promise<Judgement[]>> = {
    versions: async () => judgeVersions(await images, configuration?.evidence.strategy ?? null),
    definitions: () => definitions(cluster),
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
        images: await images,
      }),
    events: async () =>
      judgeEventParts([
        {
          name: 'EventBus aftersync',
          seen: await cluster.read({ ...ARGO, plural: 'eventbus' }, namespace, 'aftersync'),
        },
        {
          name: 'EventSource argocd',
          seen: await cluster.read({ ...ARGO, plural: 'eventsources' }, namespace, 'argocd'),
        },
        { name: 'Sensor argocd-sync', seen: await sensor },
      ]),
    templates: async () => [
      ...judgeTemplates(
        await Promise.all(
          templatesOf(await sensor).map(async name => ({
            name: `ClusterWorkflowTemplate ${name}`,
            seen: await cluster.read({ ...ARGO, plural: 'clusterworkflowtemplates' }, null, name),
          })),
        ),
      ),
      judgeSchedule({
        name: 'CronWorkflow reconcile',
        seen: await cluster.read({ ...ARGO, plural: 'cronworkflows' }, namespace, 'reconcile'),
      }),
    ],
    permissions: () => permissions(situation),
    'dead letters': async () => judgeDeadLetters(await createDeadLetters(namespace).list(), await alerts()),
    alerts: async () => judgeAlerts(await alerts()),
    records: () => records(situation),
  };
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

const definitions = (cluster: Cluster): Promise<Judgement[]> =>
  Promise.all(DEFINITIONS.map(async ours => judgeDefinition(ours, await cluster.read(CRDS, null, ours.metadata.name))));

async function permissions({ cluster, namespace, configuration }: Situation): Promise<Judgement[]> {
  const accounts = await cluster.serviceAccounts(namespace);
  const rights = rightsOf(accounts ?? [], namespace, configuration);
  const answers = await Promise.all(
    rights.map(async right => ({ right, allowed: await cluster.isAllowed(right, namespace) })),
  );
  return [...judgeAccounts(accounts), ...judgeRights(answers)];
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
