import type { Artifact } from '../contracts/artifact-set.ts';
import type { Deployment } from '../contracts/deployment.ts';
import type { EvidenceOutcome, EvidenceReceipts } from '../contracts/evidence-receipts.ts';
import { isContradicted, owedImages } from '../contracts/image-diff.ts';
import { whyNoRelease } from '../contracts/release-owed.ts';
import type { ReleaseReceipt } from '../contracts/release-receipt.ts';
import { findable, type NotLookedAt, unknownImages } from '../contracts/unknown-images.ts';
import { isUnconfirmed } from '../delivery/unconfirmed.ts';
import { count } from '../wording.ts';
import type { FailedStep } from './failed-steps.ts';
import type { Gap } from './gaps.ts';
import { type Run, valueIn } from './run.ts';

/** Subject of the gap that a release event leaves. */
export const RELEASE_EVENT = 'Release event';

const HELD_BACK = 'held back, not confirmed by Argo CD';
const CONTRADICTED = 'held back, the cluster runs another image';

/** null: not missing. */
const EVIDENCE_PROBLEM = {
  accepted: null,
  duplicate: null,
  skipped: null,
  rejected: 'rejected by the evidence store',
  quarantined: 'held back, metadata is missing',
  pending: 'not delivered yet',
} as const satisfies Record<EvidenceOutcome, string | null>;

const RELEASE_PROBLEM = {
  accepted: null,
  duplicate: null,
  'skipped-not-production': null,
  'skipped-failed-sync': null,
  'skipped-nothing-deployed': null,
  rejected: 'rejected by the evidence store',
  pending: 'not delivered yet',
  unconfirmed: HELD_BACK,
  'no-window': 'not sent, no ChangeWindow holds this sync',
  'window-ended': 'not sent, the ChangeWindow had ended',
  'several-windows': 'not sent, several ChangeWindows hold this sync',
  'window-unusable': 'not sent, the ChangeWindow cannot be used',
} as const satisfies Record<ReleaseReceipt['outcome'], string | null>;

/** The evidence that is owed and not recorded: each artifact, or the first step that did not get so far. */
export function evidenceGaps(run: Run, failed: readonly FailedStep[]): Gap[] {
  const receipts = valueIn(run.evidence);
  const artifacts = valueIn(run.artifacts)?.artifacts ?? [];
  if (receipts !== null)
    return [...unknownGaps(run), ...receiptGaps(receipts, artifacts), ...withoutReceipt(receipts, artifacts)];
  if (run.evidence.state === 'unreadable') return [];
  const because = (step: string): string =>
    failed.some(failure => failure.step === step)
      ? `${step} failed. What it said stands below.`
      : `${step} left nothing.`;

  const deployment = valueIn(run.deployment);
  if (run.deployment.state === 'absent')
    return [
      { subject: 'The sync', problem: 'could not be read, this run recorded nothing', remedy: because('fetch-app') },
    ];
  if (deployment?.disposition === 'skip') return [];

  const diff = valueIn(run.imageDiff);
  if (run.imageDiff.state === 'absent')
    return [{ subject: 'Images', problem: 'not known, this run recorded nothing', remedy: because('diff-images') }];
  const owed = diff === null ? 'Evidence' : `Evidence of ${count(owedImages(diff).length, 'image')}`;
  const step = run.artifacts.state === 'absent' ? 'jfrog-lookup' : 'submit-evidence';
  return [{ subject: owed, problem: 'not submitted', remedy: because(step) }];
}

/** A sync whose images nobody can say is owed, not done; and so is one of which a missing right hides something. */
function unknownGaps(run: Run): Gap[] {
  const deployment = valueIn(run.deployment);
  const diff = valueIn(run.imageDiff);
  if (deployment === null) return [];
  const unknown = run.unknown ?? (diff === null ? [] : unknownImages(deployment, diff));
  const rights = unknown.filter(({ remedy }) => remedy !== undefined);
  const [other] = unknown.filter(({ remedy }) => remedy === undefined);
  return [...(other === undefined ? [] : [imagesGap(other, deployment)]), ...distinctBy(rights.map(rightGap))];
}

function imagesGap(unknown: NotLookedAt, deployment: Deployment): Gap {
  const { id, eventStatus } = deployment;
  const gap = { subject: 'Images', problem: 'not known, so no evidence of them' };
  // Two renderings would claim more of a failed operation than it did.
  if (eventStatus === 'FAILED') {
    const remedy = `It failed, and nothing lists any more what it touched. Accept it: aftersync alerts accept ${id} --reason REASON`;
    return { ...gap, remedy, restart: null };
  }
  if (findable([unknown], deployment).length > 0) {
    const remedy = `${unknown.where}: ${unknown.why}. Let diff-images read the workloads, or give it --live and --target, or --diff.`;
    return { ...gap, remedy };
  }
  return {
    ...gap,
    remedy:
      'Nothing lists what this sync deployed any more. Let diff-images ask Argo CD (the component argocd-diff), or give it the two renderings (--live, --target) or the text of argocd app diff (--diff), and run on from there.',
    restart: 'diff-images',
  };
}

const rightGap = ({ where, why, remedy = '' }: NotLookedAt): Gap => ({
  subject: where,
  problem: `may not be read, so what it runs is not fully known (${why})`,
  remedy,
});

/** One command gives the right to all that it hides. */
const distinctBy = (gaps: readonly Gap[]): Gap[] => [...new Map(gaps.map(gap => [gap.remedy, gap])).values()];

function receiptGaps({ receipts, dryRun }: EvidenceReceipts, artifacts: readonly Artifact[]): Gap[] {
  const contradicted = new Set(artifacts.flatMap(({ image }) => (isContradicted(image) ? image.reference : [])));
  return receipts.flatMap(({ reference, outcome, detail }) => {
    const isHeld = outcome === 'quarantined' && contradicted.has(reference);
    const problem = isUnconfirmed({ detail }) ? HELD_BACK : isHeld ? CONTRADICTED : EVIDENCE_PROBLEM[outcome];
    return problem === null || (dryRun && outcome === 'pending')
      ? []
      : [{ subject: reference, problem, remedy: detail }];
  });
}

function withoutReceipt({ receipts }: EvidenceReceipts, artifacts: readonly Artifact[]): Gap[] {
  const answered = new Set(receipts.map(receipt => receipt.reference));
  return artifacts
    .filter(({ image, outcome }) => outcome !== 'third-party' && !answered.has(image.reference))
    .map(({ image }) => ({
      subject: image.reference,
      problem: 'has no receipt',
      remedy: 'submit-evidence says nothing of it.',
    }));
}

/** The release event, where one is owed. */
export function releaseGaps(run: Run): Gap[] {
  const receipt = valueIn(run.release);
  if (receipt !== null) {
    const problem = RELEASE_PROBLEM[receipt.outcome];
    if (problem === null || (receipt.dryRun && receipt.outcome === 'pending')) return [];
    return [{ subject: RELEASE_EVENT, problem, remedy: receipt.detail }];
  }
  const deployment = valueIn(run.deployment);
  if (run.release.state === 'unreadable' || deployment === null) return [];
  if (whyNoRelease(deployment, artifactsOf(run)) !== null) return [];
  return [
    {
      subject: RELEASE_EVENT,
      problem: 'not sent',
      remedy: 'It is sent once every artifact is recorded: mend the evidence.',
    },
  ];
}

/** How many artifacts evidence is owed for, by the last step that says so; null where none does. */
function artifactsOf(run: Run): number | null {
  const artifacts = valueIn(run.artifacts);
  if (artifacts?.unknown) return null;
  return valueIn(run.evidence)?.receipts.length ?? artifacts?.artifacts.length ?? null;
}
