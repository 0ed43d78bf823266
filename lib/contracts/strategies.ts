/** How the deployed images are found. */
export const STRATEGIES = ['sync-result', 'argocd-diff', 'manifests'] as const;
