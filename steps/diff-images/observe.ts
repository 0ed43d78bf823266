import type { Deployment } from '../../lib/contracts/deployment.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import type { AppDiff } from './app-diff.ts';
import type { CustomResources } from './custom-resource.ts';
import { observationOfDiff, observationOfRenderings } from './given.ts';
import type { Rendering } from './manifests.ts';
import type { ChosenStrategy } from './strategy.ts';
import { observeSyncResult } from './sync-result.ts';
import type { Observation } from './workload-images.ts';
import { labelOf } from './workload-key.ts';

/** Argo CD as a renderer of revisions. */
export interface ArgoCd {
  /** The deployment before this one, rendered, against what is live. */
  diffAgainstPrevious(deployment: Deployment): Promise<AppDiff>;
  manifestsOf(deployment: Deployment, which: 'this' | 'previous'): Promise<Rendering>;
}

/**
 * What the chosen strategy sees. Where it was forced and cannot look, that is said instead of failing.
 * @param given what files say instead of Argo CD
 * @param argoCd null where none is configured that could be asked
 * @throws Failure of Argo CD, where it was chosen
 */
export async function observe(
  deployment: Deployment,
  strategy: ChosenStrategy,
  given: Observation | null,
  argoCd: ArgoCd | null,
  customResources: CustomResources = [],
): Promise<Observation> {
  const seen = given ?? (await ask(deployment, strategy, argoCd, customResources));
  return strategy.name === 'argocd-diff' ? withHooks(seen, deployment) : seen;
}

async function ask(
  deployment: Deployment,
  strategy: ChosenStrategy,
  argoCd: ArgoCd | null,
  customResources: CustomResources,
): Promise<Observation> {
  if (strategy.name === 'sync-result')
    return deployment.resourcesKnown
      ? observeSyncResult(deployment, customResources)
      : nothing(deployment, 'Argo CD lists no resources for the operation');
  if (argoCd === null)
    return nothing(deployment, `${strategy.why}; neither files were given nor is an Argo CD configured to ask`);
  try {
    if (strategy.name === 'argocd-diff') return observationOfDiff(await argoCd.diffAgainstPrevious(deployment), 'live');
    const live = await argoCd.manifestsOf(deployment, 'this');
    if (live.objects === 0) return nothing(deployment, 'Argo CD renders no object for it');
    const { previous } = deployment;
    // Rendered from other sources it would hide a change: without it every image counts as added.
    const isRenderable = previous !== null && previous.sourcesMoved !== true;
    const target = isRenderable ? await argoCd.manifestsOf(deployment, 'previous') : null;
    return observationOfRenderings({ live, target }, 'live');
  } catch (error) {
    if (!strategy.forced || !(error instanceof Failure) || error.exitCode === ExitCode.transient) throw error;
    return nothing(deployment, `${strategy.why}; ${error.message}`);
  }
}

const nothing = ({ source: { namespace, name } }: Deployment, why: string): Observation => ({
  current: [],
  previous: null,
  notLookedAt: [
    { what: 'operation', where: labelOf({ group: 'argoproj.io', kind: 'Application', namespace, name }), why },
  ],
});

/** `argocd app diff` leaves hooks out; the sync result has them. */
function withHooks(seen: Observation, deployment: Deployment): Observation {
  const hooks = observeSyncResult(deployment).current.filter(
    ({ hookType, images }) => hookType !== null && images.length > 0,
  );
  return { ...seen, current: [...seen.current, ...hooks] };
}
