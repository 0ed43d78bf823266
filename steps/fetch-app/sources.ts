import { isDeepStrictEqual } from 'node:util';
import type { DeploymentSource } from '../../lib/contracts/deployment.ts';
import type { Source } from './application.ts';

/** What Argo CD writes of sources in five places: spec, operation, syncResult, history entry and event. */
interface Sourced {
  source?: Source | null | undefined;
  sources: Source[];
}
interface Revised {
  revision?: string | null | undefined;
  revisions: string[];
}

/** A source and the revision that it was resolved to, null where nobody says. */
export interface ResolvedSource {
  source: Source;
  revision: string | null;
}

/** The sources, wherever they stand. A `source` without repository is what multi-source leaves behind. */
export function sourcesOf({ source, sources }: Sourced): Source[] {
  if (sources.length > 0) return sources;
  return source && source.repoURL !== '' ? [source] : [];
}

export function revisionsOf({ revision, revisions }: Revised): string[] {
  if (revisions.length > 0) return revisions;
  return revision ? [revision] : [];
}

/**
 * Whether two lists of sources would be rendered differently at the same revisions: everything counts, such as parameters
 * and paths, but the revision that each of them follows.
 */
export const isMoved = (deployed: Source[], today: Source[]): boolean =>
  !isDeepStrictEqual(deployed.map(withoutRevision), today.map(withoutRevision));

const withoutRevision = ({ targetRevision: _, ...source }: Source): unknown => JSON.parse(JSON.stringify(source));

/** Gives each source its revision; where the two lists do not belong together, none gets one. */
export function resolve(sources: Source[], revised: Revised): ResolvedSource[] {
  const revisions = revisionsOf(revised);
  const aligned = revisions.length === sources.length;
  return sources.map((source, index) => ({ source, revision: (aligned && revisions[index]) || null }));
}

/** @param allowed names of the Helm parameters that may be copied; the others may hold secrets */
export function toDeploymentSources(sources: ResolvedSource[], allowed: readonly string[]): DeploymentSource[] {
  return sources.map(({ source, revision }) => ({
    repoURL: source.repoURL,
    path: source.path || null,
    chart: source.chart || null,
    ref: source.ref || null,
    targetRevision: source.targetRevision || null,
    revision,
    helmParameters: (source.helm?.parameters ?? [])
      .filter(({ name }) => allowed.includes(name))
      .map(({ name, value }) => ({ name, value })),
  }));
}

/** The version of the first Helm chart: its place in the list is the user's choice. */
export const chartVersionOf = (sources: ResolvedSource[]): string | null =>
  sources.find(({ source }) => source.chart)?.revision ?? null;
