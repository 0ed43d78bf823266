import { type EvidenceReceipts, isRecorded } from '../../lib/contracts/evidence-receipts.ts';
import type { FailedStep } from '../../lib/run/failed-steps.ts';
import { type Gap, isMissing } from '../../lib/run/gaps.ts';
import { RELEASE_EVENT } from '../../lib/run/owed.ts';
import { type Run, valueIn } from '../../lib/run/run.ts';
import { count } from '../../lib/wording.ts';

/** What the run came to, as the first line of the page. */
export interface Verdict {
  kind: 'recorded' | 'nothing-owed' | 'dry-run' | 'missing';
  title: string;
  /** Sentences with the numbers. */
  sentences: string[];
}

export function verdictOf(run: Run, gaps: readonly Gap[], failed: readonly FailedStep[]): Verdict {
  const evidence = valueIn(run.evidence);
  const sentences = [...evidenceSentences(evidence), ...releaseSentences(run)];
  if (isMissing(gaps, failed))
    return {
      kind: 'missing',
      title: 'Not everything is recorded',
      sentences: [...sentences, ...notReached(run, gaps)],
    };
  if (evidence?.dryRun) return { kind: 'dry-run', title: 'Dry run: nothing was sent', sentences };
  if (recordedOf(evidence) === 0 && !isReleased(run))
    return { kind: 'nothing-owed', title: 'Nothing to record', sentences: [whyNothing(run), ...sentences] };
  return { kind: 'recorded', title: 'Everything is recorded', sentences };
}

/** How many artifacts the store has. */
export const recordedOf = (evidence: EvidenceReceipts | null): number =>
  evidence?.receipts.filter(({ outcome }) => isRecorded(outcome)).length ?? 0;

function evidenceSentences(evidence: EvidenceReceipts | null): string[] {
  if (evidence === null) return [];
  const owed = evidence.receipts.filter(({ outcome }) => outcome !== 'skipped').length;
  if (owed === 0) return [];
  if (evidence.dryRun) return [`A real run would send the evidence of ${count(owed, 'artifact')}.`];
  const twice = evidence.receipts.filter(receipt => receipt.possibleDuplicate).length;
  const recorded = `${recordedOf(evidence)} of ${count(owed, 'artifact')} ${owed === 1 ? 'is' : 'are'} recorded.`;
  return twice === 0 ? [recorded] : [recorded, `${count(twice, 'record')} may be in the store twice.`];
}

function isReleased(run: Run): boolean {
  return isRecorded(valueIn(run.release)?.outcome ?? '');
}

function releaseSentences(run: Run): string[] {
  const release = valueIn(run.release);
  if (release === null || release.outcome === 'skipped-not-production') return [];
  if (isReleased(run)) return [`The release event of ${release.changeRequest ?? 'the change'} is recorded.`];
  if (release.outcome === 'skipped-failed-sync') return ['A failed sync has no release event.'];
  return [];
}

function notReached(run: Run, gaps: readonly Gap[]): string[] {
  const release = gaps.some(({ subject }) => subject === RELEASE_EVENT) ? ['The release event is missing.'] : [];
  if (run.evidence.state !== 'absent') return release;
  return run.deployment.state === 'absent'
    ? ['The sync could not be read.']
    : ['No evidence was submitted.', ...release];
}

function whyNothing(run: Run): string {
  const reason = valueIn(run.deployment)?.skipReason;
  if (reason === 'dry-run') return 'The sync was a dry run of Argo CD: nothing was deployed.';
  if (reason === 'prune-only') return 'The sync only removed resources: nothing was deployed.';
  const diff = valueIn(run.imageDiff);
  if (diff !== null && diff.images.length > 0 && diff.images.every(({ change }) => change === 'unchanged'))
    return 'No image changed.';
  return 'No evidence is owed for what was deployed.';
}
