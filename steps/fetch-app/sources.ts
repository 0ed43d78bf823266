import type { DeploymentSource, DrySource } from '../../lib/contracts/deployment.ts';
import type { SyncEvent } from '../../lib/contracts/sync-event.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';

import type { Application, Source } from './application.ts';
import { isSame } from './same.ts';

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

/** What the Application would be synced from today: with a source hydrator, the branch that it writes. */
export function sourcesOfSpec({ sourceHydrator, ...spec }: Application['spec']): Source[] {
  const { drySource, syncSource } = sourceHydrator ?? {};
  if (!syncSource) return sourcesOf(spec);
  const repoURL = syncSource.repoURL || (drySource?.repoURL ?? '');
  return [{ repoURL, path: syncSource.path, targetRevision: syncSource.targetBranch }];
}

export function revisionsOf({ revision, revisions }: Revised): string[] {
  if (revisions.length > 0) return revisions;
  return revision ? [revision] : [];
}

export const claimedRevisions = ({ revision, revisions }: SyncEvent): string[] =>
  revisionsOf({ revision, revisions: revisions ?? [] });

/** Whether an event may mean these. One that was too large leaves them out, and one that was not resolved is empty. */
export const mayBe = (claimed: string[], known: string[]): boolean =>
  claimed.length === 0 ||
  (claimed.length === known.length && claimed.every((one, index) => one === '' || one === known[index]));

/**
 * Whether two lists of sources would be rendered differently at the same revisions: everything counts, such as parameters
 * and paths, but the revision that each of them follows.
 */
export const isMoved = (deployed: Source[], today: Source[]): boolean =>
  !isSame(deployed.map(withoutRevision), today.map(withoutRevision));

const withoutRevision = ({ targetRevision: _, ...source }: Source): unknown => source;

/** Gives each source its revision; where the two lists do not belong together, none gets one. */
export function resolve(sources: Source[], revised: Revised): ResolvedSource[] {
  const revisions = revisionsOf(revised);
  const aligned = revisions.length === sources.length;
  return sources.map((source, index) => {
    const revision = aligned ? revisions[index] : undefined;
    return { source, revision: revision && isResolved(source, revision) ? revision : null };
  });
}

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** What Helm takes for one version, and not for a range. */
const VERSION = /^v?\d+(\.\d+){0,2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** An operation that failed early may keep what was asked for, such as a branch, where the resolved revision belongs. */
const isResolved = ({ chart }: Source, revision: string): boolean =>
  DIGEST.test(revision) || (chart ? VERSION : COMMIT).test(revision);

/** @param allowed names of the Helm parameters that may be copied; the others may hold secrets */
export function toDeploymentSources(sources: ResolvedSource[], allowed: readonly string[]): DeploymentSource[] {
  return sources.map(({ source, revision }) => ({
    repoURL: oneLine(source.repoURL, { maxLength: MAX_TEXT }),
    path: plainText(source.path),
    chart: plainText(source.chart),
    ref: plainText(source.ref),
    targetRevision: plainText(source.targetRevision),
    revision,
    helmParameters: (source.helm?.parameters ?? [])
      .filter(({ name }) => name && allowed.includes(name))
      .map(({ name, value }) => ({ name: name ?? '', value: oneLine(value ?? '', { maxLength: MAX_TEXT }) })),
  }));
}

const MAX_TEXT = 2048;

const plainText = (text: string | null | undefined): string | null =>
  text ? oneLine(text, { maxLength: MAX_TEXT }) : null;

/** The version of the first Helm chart: its place in the list is the user's choice. */
export const chartVersionOf = (sources: ResolvedSource[]): string | null =>
  sources.find(({ source }) => source.chart)?.revision ?? null;

/** What the commits of a source hydrator are rendered from. @returns null where there is none */
export function toDrySource({ spec, status }: Application, deployed: readonly ResolvedSource[]): DrySource | null {
  const { drySource } = spec.sourceHydrator ?? {};
  if (!drySource) return null;
  const { drySHA, hydratedSHA } = status?.sourceHydrator?.lastSuccessfulOperation ?? {};
  const isLast = hydratedSHA && deployed.some(({ revision }) => revision === hydratedSHA);
  return dryOf(drySource, (isLast && drySHA) || null);
}

export const dryOfEvent = ({ drySource }: SyncEvent): DrySource | null => (drySource ? dryOf(drySource, null) : null);

const dryOf = (
  { repoURL, path, targetRevision }: NonNullable<SyncEvent['drySource']>,
  revision: string | null,
): DrySource => ({
  repoURL: oneLine(repoURL ?? '', { maxLength: MAX_TEXT }),
  path: plainText(path),
  targetRevision: plainText(targetRevision),
  revision,
});
