/** The words that Argo CD's sync knows. What else stands in its annotation counts for nothing. */
const SYNC_HOOKS = ['PreSync', 'Sync', 'PostSync', 'SyncFail', 'Skip'];
/** Belong to deleting the Application. */
const DELETE_HOOKS = ['PreDelete', 'PostDelete'];
/** SyncFail runs where a sync fails, Skip nowhere. */
const RUN_BY_SUCCESS = ['PreSync', 'Sync', 'PostSync'];

/** How Argo CD reads Helm's hooks; it runs no other. */
const HELM: Partial<Record<string, string>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
};
const OTHER_HELM = /^(pre|post)-(delete|rollback)$|^test(-success|-failure)?$|^crd-install$/;

/**
 * null: an ordinary resource. `run: false`: a sync that succeeds does not create it; `unknown` is the annotation, where no program
 * knows what it says, which is a mistake.
 */
export type Hook = { run: true; type: string } | { run: false; unknown: string | null } | null;

/**
 * What the annotations of an object make of it in a sync that succeeds. The words of Argo CD hide those of Helm, and of several
 * the first one that runs counts. An annotation without a word that is known makes a hook of no phase, which is never applied.
 * Source: Argo CD 3.5.1, gitops-engine/pkg/sync: hook/hook.go, hook/helm, sync_phase.go; controller/hook.go.
 */
export function readHook(annotations: Record<string, unknown>): Hook {
  const { 'argocd.argoproj.io/hook': argoCd, 'helm.sh/hook': helm } = annotations;
  const isHook = typeof argoCd === 'string' || (typeof helm === 'string' && helm !== 'crd-install');
  if (!isHook) return null;
  const words = list(argoCd);
  const known = words.filter(word => SYNC_HOOKS.includes(word));
  const types = known.length > 0 ? known : list(helm).flatMap(word => HELM[word] ?? []);
  const type = types.find(candidate => RUN_BY_SUCCESS.includes(candidate));
  if (type !== undefined) return { run: true, type };
  const isMeant =
    known.length > 0 ||
    words.some(word => DELETE_HOOKS.includes(word)) ||
    (words.length === 0 && list(helm).some(word => OTHER_HELM.test(word)));
  return { run: false, unknown: isMeant ? null : JSON.stringify(argoCd ?? helm) };
}

const list = (value: unknown): string[] =>
  typeof value === 'string'
    ? value
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '')
    : [];
