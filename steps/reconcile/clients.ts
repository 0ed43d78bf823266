import * as z from 'zod';
import { createCustomObjects } from '../../lib/clients/custom-objects.ts';
import { createDeadLetters } from '../../lib/clients/dead-letters.ts';
import { createKubernetes } from '../../lib/clients/kubernetes.ts';
import { createObjectPages } from '../../lib/clients/object-pages.ts';
import { createWorkflows } from '../../lib/clients/workflows.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EventApplication } from '../../lib/events/application-operation.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import type { TendingClients } from './alerts.ts';
import type { ReconcileClients } from './step.ts';

const StoredRecord = z.object({ spec: z.object({ deployment: Deployment }) });
const Alert = z.object({ metadata: z.object({ uid: z.string() }) });
const ALERTS = { group: 'aftersync.dev', version: 'v1alpha1', plural: 'deploymentalerts', kind: 'DeploymentAlert' };

/** The cluster. @param namespace of records, Workflows, alerts and dead letters */
export function connectReconcile(namespace: string): ReconcileClients {
  const kubernetes = createKubernetes();
  return {
    pages: createObjectPages(),
    workflows: createWorkflows(namespace),
    async readApplication(of, name) {
      const on = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: of, name };
      const found = await kubernetes.read(on);
      const remedy = 'Argo CD 2.11 and later are understood';
      return found === null ? null : parseAs(EventApplication, found, `Application ${of}/${name}`, remedy);
    },
    async readDeployment(id) {
      const on = { apiVersion: 'aftersync.dev/v1alpha1', kind: 'DeploymentRecord', namespace, name: id };
      const found = await kubernetes.read(on);
      const remedy = 'run the version that wrote it';
      return found === null ? null : parseAs(StoredRecord, found, `DeploymentRecord ${id}`, remedy).spec.deployment;
    },
  };
}

export function connectTending(namespace: string): Omit<TendingClients, 'alerts'> {
  const alerts = createCustomObjects(ALERTS, namespace);
  return {
    deadLetters: createDeadLetters(namespace),
    async deleteAlert(name, resourceVersion) {
      const found = await alerts.read(name);
      if (found === null) return true;
      return alerts.remove({ name, uid: Alert.parse(found).metadata.uid, resourceVersion });
    },
  };
}
