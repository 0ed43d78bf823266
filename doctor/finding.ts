import type { Failure } from '../lib/runtime/failure.ts';

/** A problem makes the exit code 1; a warning is for a person to judge, also where nobody could look. */
export type State = 'ok' | 'warning' | 'problem';

/** What a check says of one thing. */
export interface Judgement {
  state: State;
  what: string;
  /** What to do; null where all is well. */
  remedy: string | null;
}

export interface Finding extends Judgement {
  /** Name of the check. */
  check: string;
}

export const fine = (what: string): Judgement => ({ state: 'ok', what, remedy: null });
export const doubtful = (what: string, remedy: string): Judgement => ({ state: 'warning', what, remedy });
export const wrong = (what: string, remedy: string): Judgement => ({ state: 'problem', what, remedy });
export const cannotTell = (what: string, remedy: string): Judgement => doubtful(`cannot tell: ${what}`, remedy);

export const wrongBy = ({ fault, remedy }: Failure): Judgement => wrong(fault, remedy);

/** The first few, and how many more there are: a check never fills the screen. */
export function atMost(judgements: readonly Judgement[], limit: number, remedy: string): Judgement[] {
  const more = judgements.length - limit;
  const [last] = judgements.slice(limit);
  if (last === undefined) return [...judgements];
  return [...judgements.slice(0, limit), { state: last.state, what: `and ${more} more`, remedy }];
}
