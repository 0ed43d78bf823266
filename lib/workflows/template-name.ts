/** The ClusterWorkflowTemplate that a Workflow runs; deploy/components/compact chooses the other one. */
export const POST_DEPLOYMENT = 'post-deployment';
