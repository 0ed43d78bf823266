import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { ImageDiff, Strategy } from '../../lib/contracts/image-diff.ts';

/** What was asked for: by files, by flag, by configuration. */
export interface StrategyChoice {
  files: 'argocd-diff' | 'manifests' | null;
  flag: Strategy | null;
  configured: Strategy;
}

export type ChosenStrategy = ImageDiff['strategy'] & {
  /** Not what was asked for, because that cannot tell the truth any more. */
  forced: boolean;
};

/**
 * How the images of an operation are found. Once Argo CD has moved on, the cluster shows a later deployment: then what the
 * event kept is used, or, where it kept nothing, two renderings of the revisions. So is the first sync of an application,
 * which has nothing that a diff could be made against. A rendering would claim more of a failed operation than it did.
 */
export function chooseStrategy(
  { files, flag, configured }: StrategyChoice,
  { operation, eventStatus, resourcesKnown, previous }: Deployment,
): ChosenStrategy {
  if (files !== null) return { name: files, why: GIVEN[files], forced: false };
  const name = flag ?? configured;
  if (eventStatus === 'FAILED' && name !== 'sync-result')
    return forced('sync-result', 'only the sync result tells what a failed operation touched');
  if (eventStatus === 'SUCCESS' && !operation.current && !resourcesKnown)
    return forced('manifests', 'the operation is over, and nothing kept the resources that it touched');
  if (!operation.current && name === 'argocd-diff')
    return forced('sync-result', 'the operation is over, and the live state is that of a later one');
  if (name === 'argocd-diff' && previous === null)
    return forced('manifests', 'there is no earlier deployment to make a diff against');
  return { name, why: flag === null ? 'chosen by evidence.strategy' : 'chosen by --strategy', forced: false };
}

const GIVEN = { 'argocd-diff': 'given by --diff', manifests: 'given by --live and --target' };

const forced = (name: Strategy, why: string): ChosenStrategy => ({ name, why: `forced: ${why}`, forced: true });
