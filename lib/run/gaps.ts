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

/** Whether a run left something missing: a step that was stopped, and whose work is recorded all the same, did not. */
export const isMissing = (gaps: readonly Gap[], failed: readonly FailedStep[]): boolean =>
  gaps.length > 0 || failed.some(({ exitCode }) => exitCode !== null);

/** What is missing and what has failed for good, the most telling first. */
export function gapsOf(run: Run): { gaps: Gap[]; failed: FailedStep[]; recovered: FailedStep[] } {
  const steps = failedSteps(valueIn(run.failures) ?? [], run);
  const failed = causes(
    run,
    steps.filter(step => !step.recovered),
  );
  const gaps = [...unreadableGaps(run), ...evidenceGaps(run, failed), ...releaseGaps(run)];
  return {
    gaps: gaps.length === 0 && failed.length === 0 ? unexplained(run) : gaps,
    failed,
    recovered: steps.filter(step => step.recovered),
  };
}

/** The steps in the order in which one needs what the one before it left. */
const ORDER: readonly [step: string, leaves: keyof typeof FILES][] = [
  ['fetch-app', 'deployment'],
  ['diff-images', 'imageDiff'],
  ['jfrog-lookup', 'artifacts'],
  ['submit-evidence', 'evidence'],
  ['submit-release', 'release'],
];

/** In the order of the pipeline, without what follows from the one before: a step whose input was never written. */
function causes(run: Run, failed: readonly FailedStep[]): FailedStep[] {
  const places = new Map(ORDER.map(([step], index) => [step, index]));
  const placeOf = ({ step }: FailedStep) => places.get(step) ?? ORDER.length;
  const ordered = [...failed].sort((a, b) => placeOf(a) - placeOf(b));
  const left = (step: string) => ORDER.find(([name]) => name === step)?.[1];
  const first = ordered.find(({ step }) => {
    const part = left(step);
    return part !== undefined && run[part].state === 'absent';
  });
  if (first === undefined) return ordered;
  return ordered.filter(step => placeOf(step) <= placeOf(first) || placeOf(step) === ORDER.length);
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
      remedy: 'Look at the message of the failed node on the page of the Workflow.',
    },
  ];
}
