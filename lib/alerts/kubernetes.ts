import * as z from 'zod';
import { createCustomObjects } from '../clients/custom-objects.ts';
import { TIMEOUT_MS } from '../clients/kubernetes.ts';
import { AlertCause, type DeploymentAlert, DeploymentAlertStatus } from '../contracts/deployment-alert.ts';
import { refused } from '../runtime/failure.ts';
import { describeIssues } from '../runtime/parse.ts';
import { type AlertStore, readable, type StoredAlert } from './store.ts';

const Stored = z.object({
  metadata: z.object({ name: z.string(), resourceVersion: z.string(), creationTimestamp: z.string() }),
  spec: z.object(AlertCause.shape),
  // A run may end between the creation of an alert and its first status: then nobody was told.
  status: z.object(DeploymentAlertStatus.shape).optional(),
});

const Named = z.object({ metadata: z.object({ name: z.string() }) });
/** What this program exports has neither version nor time. */
const Exported = Stored.extend({
  kind: z.literal('DeploymentAlert').optional(),
  metadata: z.object({ name: z.string(), creationTimestamp: z.string().optional() }),
});

/** The DeploymentAlert resources of one namespace. @throws as createCustomObjects */
export function createKubernetesAlerts(namespace: string, timeoutMs: number = TIMEOUT_MS): AlertStore {
  const objects = createCustomObjects(
    { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentalerts', kind: 'DeploymentAlert' },
    namespace,
    timeoutMs,
  );
  const replace = async (version: string, alert: DeploymentAlert): Promise<StoredAlert | null> => {
    const { name } = alert;
    const written = await objects.replaceStatus({
      metadata: { name, resourceVersion: version },
      ...specAndStatus(alert),
    });
    return written === null ? null : parse(written);
  };
  return {
    replace,
    async read(name) {
      const found = await objects.read(name);
      return found === null ? null : parse(found);
    },
    async create(alert) {
      const labels = { 'app.kubernetes.io/part-of': 'aftersync' };
      const made = await objects.create({ metadata: { name: alert.name, labels }, ...specAndStatus(alert) });
      if (made === null) return null;
      // Where another run has found it without a status and written one, it is that run's to tell.
      return await replace(parse(made).version, alert);
    },
    list: async unreadable => readable(await objects.list(), parse, unreadable),
  };
}

function specAndStatus(alert: DeploymentAlert) {
  const { schemaVersion: _, name: __, state, since, resolvedAt, latest, accepted, channels, ...spec } = alert;
  return { spec, status: { state, since, resolvedAt, latest, ...(accepted && { accepted }), channels } };
}

/** As the API server would hold it, for programs. */
export const toResource = (alert: DeploymentAlert) => ({
  apiVersion: 'aftersync.dev/v1alpha1',
  kind: 'DeploymentAlert',
  metadata: { name: alert.name },
  ...specAndStatus(alert),
});

/** An alert of an export. @returns null where the object is none */
export function readAlert(object: unknown): DeploymentAlert | null {
  const exported = Exported.safeParse(object).data;
  return exported === undefined ? null : toAlert(exported);
}

function parse(object: unknown): StoredAlert {
  const result = Stored.safeParse(object);
  if (!result.success)
    throw refused(
      'Alert is not as documented',
      `DeploymentAlert ${Named.safeParse(object).data?.metadata.name ?? 'without a name'}: ${describeIssues(result.error)}`,
      'delete it, or run the version that wrote it',
    );
  return { alert: toAlert(result.data), version: result.data.metadata.resourceVersion };
}

function toAlert({ metadata, spec, status }: z.output<typeof Exported>): DeploymentAlert {
  const untold = {
    state: 'firing',
    since: metadata.creationTimestamp ?? '',
    resolvedAt: null,
    latest: spec.what,
    channels: [],
  } as const;
  const alert = {
    schemaVersion: 'aftersync.deployment-alert/v1',
    name: metadata.name,
    ...spec,
    ...(status ?? untold),
  } as const;
  return { ...alert, channels: [...alert.channels] };
}
