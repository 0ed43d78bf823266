import { oneLine } from './outside-text.ts';

/** What the exit code of every step means. Argo Workflows runs a step again on 75; 64 and 65 belong to its executor. */
export const ExitCode = { done: 0, refused: 1, input: 2, transient: 75 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** A known way to fail: whether it is worth trying again is decided where it is known, and carried by the exit code. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: ExitCode;
  /** What failed, and on what. */
  readonly fault: string;
  readonly remedy: string;

  /** @param what failed, on what, and what a person can do: three clauses that become one line. */
  constructor(exitCode: ExitCode, what: string, on: string, remedy: string) {
    // What it happened on may be what another one said, with the same remedy at its end.
    const end = `; ${remedy}`;
    const fault = `${what}: ${on.endsWith(end) ? on.slice(0, -end.length) : on}`;
    super(oneLine(`${fault}${end}`));
    this.exitCode = exitCode;
    this.fault = oneLine(fault);
    this.remedy = oneLine(remedy);
  }
}

export const badInput = (what: string, on: string, remedy: string) => new Failure(ExitCode.input, what, on, remedy);
export const refused = (what: string, on: string, remedy: string) => new Failure(ExitCode.refused, what, on, remedy);
export const transient = (what: string, on: string, remedy: string) =>
  new Failure(ExitCode.transient, what, on, remedy);
