import type { PostDeploymentWorkflow } from '../workflows/post-deployment.ts';
import { createCustomObjects } from './custom-objects.ts';
import { TIMEOUT_MS } from './kubernetes.ts';

/** Starts Workflows in one namespace. */
export interface Workflows {
  /**
   * Two that start the same operation make one Workflow: the name decides.
   * @returns false where a Workflow of that name is there already, whatever it came to
   */
  create(workflow: PostDeploymentWorkflow): Promise<boolean>;
}

/** @throws Failure 2 forbidden, or Argo Workflows is not installed; 75 the API server does not answer */
export function createWorkflows(namespace: string, timeoutMs: number = TIMEOUT_MS): Workflows {
  const workflows = createCustomObjects(
    { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows', kind: 'Workflow' },
    namespace,
    timeoutMs,
  );
  return { create: async workflow => (await workflows.create(workflow)) !== null };
}
