/** Hooks that a sync never runs: Skip is not applied at all, the others belong to deleting the Application. */
const NOT_RUN = ['Skip', 'PreDelete', 'PostDelete'];
const ARGO_CD = ['PreSync', 'Sync', 'PostSync', 'SyncFail', ...NOT_RUN];

/** How Argo CD reads Helm's hooks; the ones it does not know (test, rollback) are never run. */
const HELM: Partial<Record<string, string>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
};

/** null: an ordinary resource. `run: false`: a sync does not create it. */
export type Hook = { run: true; type: string } | { run: false } | null;

/**
 * What the annotations of an object make of it in a sync. An Argo CD hook hides a Helm hook, and of several types the
 * first one that runs counts. Source: gitops-engine, pkg/sync/hook.
 */
export function readHook(annotations: Record<string, unknown>): Hook {
  const argoCd = list(annotations['argocd.argoproj.io/hook']).filter(type => ARGO_CD.includes(type));
  if (argoCd.length > 0) return toHook(argoCd);
  const helm = list(annotations['helm.sh/hook']).filter(type => type !== 'crd-install');
  if (helm.length === 0) return null;
  return toHook(helm.map(type => HELM[type] ?? 'Skip'));
}

function toHook(types: string[]): Hook {
  const type = types.find(candidate => !NOT_RUN.includes(candidate));
  return type === undefined ? { run: false } : { run: true, type };
}

const list = (value: unknown): string[] =>
  typeof value === 'string'
    ? value
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '')
    : [];
