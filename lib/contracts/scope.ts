import { globMatches } from '../glob.ts';

/**
 * Annotation that asks with the value "true" to leave an Application out. The trigger in event-sources/argocd sends nothing of one
 * that has it: it does not know what the configuration allows. reconcile does.
 */
export const IGNORE_ANNOTATION = 'aftersync.dev/ignore';

/**
 * Whether an Application owes evidence. ignored: it asks to be left out, and the configuration lets it. not-allowed: it asks, and
 * owes evidence all the same: whoever may edit an Application must not be able to switch its evidence off.
 */
export type Scope = 'in-scope' | 'ignored' | 'not-allowed';

/** @param allowed globs over <namespace>/<name>: `ignore.allowed` of the configuration */
export function scopeOf(
  {
    namespace,
    name,
    annotations,
  }: { namespace: string; name: string; annotations?: Record<string, string> | null | undefined },
  allowed: readonly string[],
): Scope {
  if (annotations?.[IGNORE_ANNOTATION] !== 'true') return 'in-scope';
  return allowed.some(glob => globMatches(glob, `${namespace}/${name}`)) ? 'ignored' : 'not-allowed';
}

/** Where Applications are looked for: beside its own namespace in those that `reconcile.applicationNamespaces` names. */
export const applicationNamespacesOf = (namespace: string, others: readonly string[]): string[] => [
  ...new Set([namespace, ...others]),
];
