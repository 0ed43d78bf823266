import { ExitCode, Failure } from '../../lib/runtime/failure.ts';
import { STAGES, type Stage } from './stages.ts';

/** How a stage ended. */
export interface Ended {
  /** null: a signal ended it. */
  exitCode: number | null;
  /** What it said of its failure, without its name; empty where it said nothing. */
  reason: string;
}
export type RunStage = (stage: Stage) => Promise<Ended>;

interface Outcome extends Ended {
  step: string;
}

const MAX_REASON = 600;
const KILLED = [137, 143];

/**
 * Runs the stages one after the other, as far as the DAG would go, and stops at once at what is worth trying again: the pod is
 * then run again as a whole. Safe to repeat because every stage is: the first three only read, the ledger guards the others.
 * @throws Failure with the exit code of the pod and the reason of each stage that failed
 */
export async function runPipeline(run: RunStage): Promise<void> {
  const outcomes = new Map<string, Outcome>();
  for (const stage of STAGES) {
    if (!isDue(stage, outcomes)) continue;
    const outcome = { step: stage.step, ...(await run(stage)) };
    outcomes.set(stage.step, outcome);
    if (isTransient(outcome)) break;
  }
  const failed = [...outcomes.values()].filter(({ exitCode }) => exitCode !== ExitCode.done);
  if (failed.length > 0) throw toFailure(failed);
}

function isDue({ after }: Stage, outcomes: Map<string, Outcome>): boolean {
  if (after === null) return true;
  const before = outcomes.get(after.step);
  return before !== undefined && (before.exitCode === ExitCode.done || after.alsoAfterFailure);
}

const isTransient = ({ exitCode }: Ended): boolean =>
  exitCode === null || exitCode === ExitCode.transient || KILLED.includes(exitCode);

function toFailure(failed: Outcome[]): Failure {
  const reasons = failed.map(({ step, exitCode, reason }) => {
    const how = exitCode === null ? 'killed' : `exit code ${exitCode}`;
    return `${step} (${how})${reason === '' ? '' : ` ${reason.slice(0, MAX_REASON)}`}`;
  });
  return new Failure(
    exitCodeOf(failed),
    failed.length === 1 ? 'A step failed' : `${failed.length} steps failed`,
    reasons.join(' | '),
    'Retry runs all steps again and sends only what is missing',
  );
}

function exitCodeOf(failed: Outcome[]): ExitCode {
  if (failed.some(isTransient)) return ExitCode.transient;
  return failed.some(({ exitCode }) => exitCode === ExitCode.input) ? ExitCode.input : ExitCode.refused;
}
