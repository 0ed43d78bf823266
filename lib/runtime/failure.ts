import { redact } from './redact.ts';

/** What the exit code of every step means. Argo Workflows runs a step again on 75; 64 and 65 belong to its executor. */
export const ExitCode = { done: 0, refused: 1, input: 2, transient: 75 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const MAX_LINE = 1500;

/** A known way to fail: whether it is worth trying again is decided where it is known, and carried by the exit code. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: ExitCode;
  /** What failed, and on what. */
  readonly fault: string;
  readonly remedy: string;

  /** @param what failed, on what, and what a person can do: three clauses that become one line. */
  constructor(exitCode: ExitCode, what: string, on: string, remedy: string) {
    super(oneLine(`${what}: ${on}; ${remedy}`));
    this.exitCode = exitCode;
    this.fault = oneLine(`${what}: ${on}`);
    this.remedy = oneLine(remedy);
  }
}

export const badInput = (what: string, on: string, remedy: string) => new Failure(ExitCode.input, what, on, remedy);
export const refused = (what: string, on: string, remedy: string) => new Failure(ExitCode.refused, what, on, remedy);
export const transient = (what: string, on: string, remedy: string) =>
  new Failure(ExitCode.transient, what, on, remedy);

/**
 * One printable line without secrets. It becomes the message of the node and reaches the exit handler as a parameter,
 * where Argo Workflows would evaluate template tags: they are broken up.
 */
export function oneLine(text: string): string {
  const printable = redact(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replaceAll('{{', '{ {')
    .replaceAll('}}', '} }')
    .trim();
  return printable.length > MAX_LINE ? `${printable.slice(0, MAX_LINE - 1)}…` : printable;
}
