import { type FailedStep, failedSteps } from './failed-steps.ts';
import { evidenceGaps, releaseGaps } from './owed.ts';
import { type Part, type Run, valueIn } from './run.ts';

/** Something that should be recorded and is not, or that the page cannot say. */
export interface Gap {
  /** The step, image or file it is about. */
  subject: string;
  /** What is missing, in a few words. */
  problem: string;
  /** What a person should know and do. */
  remedy: string;
  /** The step that ended well and has to run again, because Retry alone runs what failed. null: no run can mend it. */
  restart?: string | null;
}

/** What is missing and what has failed for good, the most telling first. */
export function gapsOf(run: Run): { gaps: Gap[]; failed: FailedStep[]; recovered: FailedStep[] } {
  const steps = failedSteps(valueIn(run.failures) ?? [], run);
  const failed = steps.filter(step => !step.recovered);
  const gaps = [...unreadableGaps(run), ...evidenceGaps(run, failed), ...releaseGaps(run)];
  return {
    gaps: gaps.length === 0 && failed.length === 0 ? unexplained(run) : gaps,
    failed,
    recovered: steps.filter(step => step.recovered),
  };
}

const FILES = {
  deployment: 'deployment.json',
  imageDiff: 'image-diff.json',
  artifacts: 'artifacts.json',
  evidence: 'evidence.json',
  release: 'release.json',
} as const satisfies Partial<Record<keyof Run, string>>;

function unreadableGaps(run: Run): Gap[] {
  const parts = Object.entries(FILES).map(([name, file]): [string, Part<unknown>] => [
    file,
    run[name as keyof typeof FILES],
  ]);
  return parts.flatMap(([subject, part]) =>
    part.state === 'unreadable'
      ? [
          {
            subject,
            problem: 'cannot be read, so this page does not show it',
            remedy: `${part.why}. The ledger still holds what was recorded.`,
          },
        ]
      : [],
  );
}

function unexplained({ workflow, status }: Run): Gap[] {
  if (status !== 'Failed' && status !== 'Error') return [];
  return [
    {
      subject: workflow ?? 'The run',
      problem: 'failed, and no step said why',
      remedy: 'Look at the message of the failed node on the page of the Workflow, then retry it.',
    },
  ];
}
