import type { ArtifactSet } from '../contracts/artifact-set.ts';
import type { Deployment } from '../contracts/deployment.ts';
import type { EvidenceReceipts } from '../contracts/evidence-receipts.ts';
import type { ImageDiff } from '../contracts/image-diff.ts';
import type { ReleaseReceipt } from '../contracts/release-receipt.ts';
import type { NotLookedAt } from '../contracts/unknown-images.ts';
import type { NodeFailure } from './failures.ts';

/** What a run left of one thing: absent where the step did not get so far, unreadable where it breaks its contract. */
export type Part<T> = { state: 'read'; value: T } | { state: 'absent' } | { state: 'unreadable'; why: string };

/** Everything that the exit handler can know of a run. */
export interface Run {
  /** Name of the Workflow; null where nobody said. */
  workflow: string | null;
  /** Of the Workflow; null where nobody said. */
  namespace: string | null;
  /** Succeeded, Failed or Error, as Argo Workflows says; null where nobody said. */
  status: string | null;
  failures: Part<NodeFailure[]>;
  deployment: Part<Deployment>;
  imageDiff: Part<ImageDiff>;
  artifacts: Part<ArtifactSet>;
  evidence: Part<EvidenceReceipts>;
  release: Part<ReleaseReceipt>;
  /** What keeps images from being known, where a record alone says it: there is no image-diff.json any more. */
  unknown?: readonly NotLookedAt[];
}

export const valueIn = <T>(part: Part<T>): T | null => (part.state === 'read' ? part.value : null);

/** Takes out what belongs to another operation: two runs whose files were mixed must not make one page. */
export function ofOneOperation(run: Run): Run {
  const id = valueIn(run.deployment)?.id ?? null;
  const own = <T extends { deploymentId: string }>(part: Part<T>): Part<T> =>
    part.state === 'read' && id !== null && part.value.deploymentId !== id
      ? { state: 'unreadable', why: `it belongs to operation ${part.value.deploymentId}, this run to ${id}` }
      : part;
  return {
    ...run,
    imageDiff: own(run.imageDiff),
    artifacts: own(run.artifacts),
    evidence: own(run.evidence),
    release: own(run.release),
  };
}
