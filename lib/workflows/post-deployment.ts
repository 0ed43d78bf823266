import { lockOf } from '../events/lock.ts';
import { POST_DEPLOYMENT } from './template-name.ts';

/** What a Workflow is made of, whoever makes it. */
export interface WorkflowStart {
  /** metadata.name: `<application>-<operation id>`, and `-r<n>` for a resume. */
  name: string;
  /** Workflow parameter `event`: the EventEnvelope as base64 of JSON, the very bytes that were sent. */
  event: string;
  /** Name of the ClusterWorkflowTemplate. */
  template?: string;
}

/**
 * The Workflow of an event: the same object that sensors/argocd-sync.yaml makes of it, so that it does not matter who was
 * first. A test holds the two against each other.
 */
export const workflowOf = ({ name, event, template = POST_DEPLOYMENT }: WorkflowStart) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name, labels: { 'app.kubernetes.io/part-of': 'aftersync' } },
  spec: {
    workflowTemplateRef: { name: template, clusterScope: true },
    arguments: {
      parameters: [
        { name: 'event', value: event },
        { name: 'lock', value: lockOf(event) },
      ],
    },
  },
});
export type PostDeploymentWorkflow = ReturnType<typeof workflowOf>;

/** The value of the Workflow parameter `event` for an envelope that nobody has sent yet. */
export const encodeEvent = (envelope: object): string => Buffer.from(JSON.stringify(envelope)).toString('base64');
