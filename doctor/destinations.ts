import * as z from 'zod';
import { isInCluster } from '../lib/argocd/destination.ts';
import type { ObjectPages } from '../lib/clients/object-pages.ts';
import type { Right } from './rights.ts';

const APPLICATIONS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', kind: 'Application' };
const A_PAGE = 100;

const Destined = z.object({
  spec: z.object({
    destination: z.object({
      server: z.string().nullish(),
      name: z.string().nullish(),
      namespace: z.string().nullish(),
    }),
  }),
});

/** Namespaces of this cluster that Applications deploy to, as their destinations say. */
export async function readDestinations(pages: ObjectPages, namespaces: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const namespace of namespaces)
    for await (const page of pages.whole(APPLICATIONS, { namespace, limit: A_PAGE }))
      for (const object of page) {
        const destination = Destined.safeParse(object).data?.spec.destination;
        if (destination?.namespace && isInCluster(destination)) found.add(destination.namespace);
      }
  return [...found].sort();
}

/** Who reads workloads: the pod of all steps where the Sensor starts that, else diff-images, with argocd where it has that. */
export function readerOf(accounts: readonly string[], isCompact: boolean): string {
  if (isCompact) return 'aftersync-pipeline';
  return accounts.includes('aftersync-argocd-diff') ? 'aftersync-argocd-diff' : 'aftersync-diff-images';
}

/** A binding gives all of aftersync-workload-reader, or nothing: these stand for it. */
export const readingRights = (account: string, namespaces: readonly string[]): Right[] =>
  namespaces.flatMap(namespace => [
    { account, namespace, group: '', resource: 'pods', verb: 'list' },
    { account, namespace, group: 'apps', resource: 'deployments', verb: 'get' },
  ]);
