import * as z from 'zod';
import { createCustomObjects } from '../../lib/clients/custom-objects.ts';
import { createDeadLetters } from '../../lib/clients/dead-letters.ts';
import { createObjectPages } from '../../lib/clients/object-pages.ts';
import { createWorkflows } from '../../lib/clients/workflows.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EventApplication } from '../../lib/events/application-operation.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import type { TendingClients } from './alerts.ts';
import { isComplete } from './observe.ts';
import type { ReconcileClients } from './step.ts';

const StoredRecord = z.object({ spec: z.object({ deployment: Deployment }) });
const Alert = z.object({ metadata: z.object({ uid: z.string() }) });
const ALERTS = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentalerts', kind: 'DeploymentAlert' };

const APPLICATIONS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', kind: 'Application' };
const RECORDS = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentrecords', kind: 'DeploymentRecord' };

/** Shares of the 300 s that workflow-templates/scheduled/reconcile.yaml gives it; the lists take the rest. */
const STARTS_SECONDS = 90;
const TENDING_SECONDS = 90;

/** The cluster. @param namespace of records, Workflows, alerts and dead letters */
export function connectReconcile(namespace: string): ReconcileClients {
  const pages = createObjectPages();
  return {
    pages,
    workflows: createWorkflows(namespace),
    budget: createBudget(STARTS_SECONDS),
    isComplete: id => isComplete(pages, namespace, id),
    async readApplication(of, name) {
      const found = await createCustomObjects(APPLICATIONS, of).read(name);
      const remedy = 'Argo CD 2.11 and later are understood';
      return found === null ? null : parseAs(EventApplication, found, `Application ${of}/${name}`, remedy);
    },
    async readDeployment(id) {
      const found = await createCustomObjects(RECORDS, namespace).read(id);
      const remedy = 'run the version that wrote it';
      return found === null ? null : parseAs(StoredRecord, found, `DeploymentRecord ${id}`, remedy).spec.deployment;
    },
  };
}

export function connectTending(namespace: string): Omit<TendingClients, 'alerts'> {
  const alerts = createCustomObjects(ALERTS, namespace);
  const pages = createObjectPages();
  return {
    deadLetters: createDeadLetters(namespace),
    budget: createBudget(TENDING_SECONDS),
    isComplete: id => isComplete(pages, namespace, id),
    async deleteAlert(name, resourceVersion) {
      const found = await alerts.read(name);
      if (found === null) return true;
      return alerts.remove({ name, uid: Alert.parse(found).metadata.uid, resourceVersion });
    },
  };
}
