/**
 * Annotation that leaves an Application out with the value "true"; every other one is in scope. The trigger in
 * event-sources/argocd names it too, and whoever else decides which Applications owe evidence asks isInScope.
 */
export const IGNORE_ANNOTATION = 'aftersync.dev/ignore';

/** @param annotations metadata.annotations of an Application */
export const isInScope = (annotations: Record<string, string> | null | undefined): boolean =>
  annotations?.[IGNORE_ANNOTATION] !== 'true';
