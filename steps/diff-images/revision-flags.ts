import type { Deployment, DeploymentSource } from '../../lib/contracts/deployment.ts';
import { badInput } from '../../lib/runtime/failure.ts';

const REMEDY = 'use --strategy sync-result, which needs no revisions';

/**
 * The flags that make argocd render an Application at the revisions of a deployment. All sources are named, because one
 * that is not follows its branch; argocd counts them from 1. For a single source both forms are given: argocd ignores
 * `--revision` where the Application has a list of sources, be it of one, and `--revisions` where it has none.
 * @throws Failure 2 where the rendering would not be that of the deployment
 */
export function revisionFlags(deployment: Deployment, which: 'this' | 'previous'): string[] {
  const on = `${deployment.source.namespace}/${deployment.source.name}`;
  if (deployment.hydrated === true)
    throw badInput('Hydrated revisions cannot be rendered', `${on} has a source hydrator`, REMEDY);
  if (which === 'this' && deployment.sourcesMoved === true)
    throw badInput('Sources changed', `${on}: Argo CD renders old revisions from its present sources only`, REMEDY);
  const revisions = revisionsOf(deployment, which, on);
  if (revisions.length !== deployment.sources.length || revisions.length === 0)
    throw badInput(
      'Revisions do not match the sources',
      `${on}: ${revisions.length} for ${deployment.sources.length}`,
      REMEDY,
    );
  const listed = revisions.flatMap((revision, index) => [`--revisions=${revision}`, `--source-positions=${index + 1}`]);
  return revisions.length === 1 ? [`--revision=${revisions[0]}`, ...listed] : listed;
}

function revisionsOf({ sources, previous }: Deployment, which: 'this' | 'previous', on: string): string[] {
  if (which === 'this') return sources.map(({ revision }) => known(revision, on));
  if (previous === null)
    throw badInput('Nothing to compare with', `${on} has no earlier deployment in its history`, REMEDY);
  const moved = previous.sources.length > 0 && previous.sources.map(placeOf).join() !== sources.map(placeOf).join();
  if (moved)
    throw badInput('Sources changed', `${on}: Argo CD renders old revisions from its present sources only`, REMEDY);
  return previous.revisions.map(revision => known(revision, on));
}

function known(revision: string | null, on: string): string {
  if (revision) return revision;
  throw badInput('Revision is not known', `a source of ${on}`, REMEDY);
}

/** What of a source Argo CD takes from the Application as it is now, whatever the revision. */
const placeOf = ({ repoURL, path, chart, ref }: DeploymentSource): string =>
  JSON.stringify([repoURL, path, chart, ref]);
