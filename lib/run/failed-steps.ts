import type { NodeFailure } from './failures.ts';

/** A step that failed at least once. */
export interface FailedStep {
  step: string;
  /** Message of the last attempt, without what Argo Workflows puts in front of it. */
  message: string;
  /** Exit code of the last attempt; null where the process did not end by itself. */
  exitCode: number | null;
  /** Attempts that failed. */
  attempts: number;
  finishedAt: string;
  /** A later attempt succeeded. */
  recovered: boolean;
}

/**
 * The steps among the failed nodes. Argo Workflows lists each attempt as `step(0)`, `step(1)` …, the Retry node `step` once
 * all attempts have failed, and the node of the whole Workflow, which says nothing that its steps do not say.
 */
export function failedSteps(
  nodes: readonly NodeFailure[],
  run: { workflow: string | null; status: string | null },
): FailedStep[] {
  const ofSteps = nodes.filter(node => !isWhole(node, run.workflow));
  const listed = ofSteps.length > 0 ? ofSteps : nodes;
  const names = [...new Set(listed.map(stepOf))];
  const steps = names.map(step =>
    toFailedStep(
      step,
      listed.filter(node => stepOf(node) === step),
    ),
  );
  const ended = run.status !== 'Succeeded';
  if (ended && steps.every(step => step.recovered)) return steps.map(step => ({ ...step, recovered: false }));
  return ended ? steps : steps.map(step => ({ ...step, recovered: true }));
}

function toFailedStep(step: string, nodes: NodeFailure[]): FailedStep {
  const attempts = nodes.filter(node => attemptOf(node) !== null);
  const retryNode = nodes.some(node => attemptOf(node) === null);
  const counted = attempts.length > 0 ? attempts : nodes;
  const last = counted.reduce((latest, node) => (isLater(node, latest) ? node : latest));
  return {
    step,
    ...explain(step, last.message),
    attempts: counted.length,
    finishedAt: last.finishedAt,
    recovered: attempts.length > 0 && !retryNode,
  };
}

const attemptOf = ({ displayName }: NodeFailure): number | null => {
  const attempt = /\((\d+)\)$/.exec(displayName)?.[1];
  return attempt === undefined ? null : Number(attempt);
};

const stepOf = ({ displayName }: NodeFailure): string => displayName.replace(/\(\d+\)$/, '');

const isWhole = (node: NodeFailure, workflow: string | null): boolean =>
  stepOf(node) === workflow || node.displayName.endsWith('.onExit');

const isLater = (node: NodeFailure, other: NodeFailure): boolean =>
  (attemptOf(node) ?? 0) > (attemptOf(other) ?? 0) ||
  (attemptOf(node) === attemptOf(other) && node.finishedAt > other.finishedAt);

/** `main: Error (exit code 75): fetch-app: …` is a message of ours behind what the executor says. */
function explain(step: string, message: string): Pick<FailedStep, 'message' | 'exitCode'> {
  const said = /^(?:[\w-]+: )?\w+ \(exit code (\d+)\)(?:: |$)/.exec(message);
  if (said === null) return { message, exitCode: null };
  const own = message.slice(said[0].length);
  return { message: own.startsWith(`${step}: `) ? own.slice(step.length + 2) : own, exitCode: Number(said[1]) };
}
