import { badInput } from '../../lib/runtime/failure.ts';
import type { AppDiff } from './app-diff.ts';
import type { Rendering } from './manifests.ts';
import type { Observation, WorkloadImages } from './workload-images.ts';

/** Which side of a comparison was deployed. Argo CD calls what runs `live`, and what it is compared with `target`. */
export type Side = 'live' | 'target';

const other = (side: Side): Side => (side === 'live' ? 'target' : 'live');

/** What a saved `argocd app diff` says. A resource without an image on the deployed side deployed none. */
export function observationOfDiff(diff: AppDiff, deployed: Side): Observation {
  const side = (shown: Side): WorkloadImages[] =>
    diff.resources
      .map(({ group, kind, namespace, name, ...images }) => ({
        ...{ group, kind, namespace, name, hookType: null },
        images: images[shown],
      }))
      .filter(({ images }) => images.length > 0);
  const notLookedAt = diff.resources.flatMap(resource => resource.notLookedAt[deployed]);
  return {
    current: side(deployed),
    previous: side(other(deployed)),
    notLookedAt: [...diff.notLookedAt, ...notLookedAt],
  };
}

/**
 * What two renderings say. Without the one that was not deployed nobody knows what ran before.
 * @throws Failure 2 without the one that was deployed, or where that holds no object: a rendering that failed leaves an empty file
 */
export function observationOfRenderings(renderings: Record<Side, Rendering | null>, deployed: Side): Observation {
  const current = renderings[deployed];
  const flag = `--${deployed}`;
  if (current === null) throw badInput('No deployed manifests', `--deployed=${deployed}`, `give them with ${flag}`);
  if (current.objects === 0)
    throw badInput('No objects', flag, 'give the manifests that were deployed; render them again');
  return {
    current: current.workloads,
    previous: renderings[other(deployed)]?.workloads ?? null,
    notLookedAt: current.notLookedAt,
  };
}
