import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { type Selection, selectWindow, type WindowObject } from './change-window.ts';

/** @returns null where there is no such resource type, which is not the same as no window */
export type WindowsIn = (namespace: string) => Promise<WindowObject[] | null>;

/** Looks in the Application's namespace, then also in the one that it deploys to, where that is in this cluster. */
export async function findWindow(
  { source, destination, operation }: Deployment,
  settings: Configuration['changeWindow'],
  windowsIn: WindowsIn,
): Promise<Selection> {
  const target = destination.inCluster ? destination.namespace : null;
  const namespaces = [...new Set([source.namespace, ...(target === null ? [] : [target])])];
  const seen: WindowObject[] = [];
  for (const namespace of namespaces) {
    const found = await windowsIn(namespace);
    if (found === null) {
      const type = `${settings.kind} (${settings.apiVersion})`;
      return { outcome: 'no-window', detail: `the cluster has no resource type ${type}` };
    }
    // A cluster-scoped resource is found in every namespace.
    const known = new Set(seen.map(({ metadata }) => metadata.uid ?? metadata));
    seen.push(...found.filter(({ metadata }) => !known.has(metadata.uid ?? metadata)));
    const selection = selectWindow(seen, source, operation.startedAt, settings);
    if (selection.outcome !== 'no-window' && selection.outcome !== 'window-ended') return selection;
  }
  const nothing = selectWindow(seen, source, operation.startedAt, settings);
  if (nothing.outcome === 'chosen') return nothing;
  return { ...nothing, detail: `in ${namespaces.join(' and ')}: ${nothing.detail}` };
}
