import { badInput } from '../lib/runtime/failure.ts';

/** Phase of a node as Argo Workflows calls it. */
export type Phase = 'Succeeded' | 'Failed' | 'Error' | 'Skipped' | 'Omitted';

/** A task's `depends`: which tasks it waits for, and whether it may run once they have ended. */
export interface Depends {
  tasks: string[];
  holds(phase: (task: string) => Phase): boolean;
}

const RESULTS: Record<string, Phase | null> = {
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Errored: 'Error',
  Skipped: 'Skipped',
  Omitted: 'Omitted',
  // Daemons and fan-out do not exist here, and for a task without fan-out Argo Workflows answers false as well.
  Daemoned: null,
  AnySucceeded: null,
  AllFailed: null,
};
/** A task without a result: it is enough that it did not fail. */
const BARE: readonly Phase[] = ['Succeeded', 'Skipped'];
const TOKEN = /\s*(\|\||&&|!|\(|\)|[A-Za-z0-9][-A-Za-z0-9]*(?:\.[A-Za-z]+)?)/y;

type Logic = (phase: (task: string) => Phase) => boolean;

/**
 * Parses the enhanced depends logic of Argo Workflows: names with an optional result, `&&`, `||`, `!` and parentheses.
 * @param on the place in the template, for the message
 * @throws Failure 2
 */
export function parseDepends(text: string, on: string): Depends {
  const tokens = tokenize(text, on);
  const tasks = new Set<string>();
  let at = 0;
  const wrong = () => badInput('Not a depends expression', `${on}: ${text}`, 'use task names, &&, || and !');

  function operand(): Logic {
    const token = tokens[at++];
    if (token === '!') {
      const inner = operand();
      return phase => !inner(phase);
    }
    if (token === '(') {
      const inner = chain('||');
      if (tokens[at++] !== ')') throw wrong();
      return inner;
    }
    if (token === undefined || !/^[A-Za-z0-9]/.test(token)) throw wrong();
    const [task = '', result] = token.split('.');
    tasks.add(task);
    if (result === undefined) return phase => BARE.includes(phase(task));
    const wanted = RESULTS[result];
    if (wanted === undefined) throw badInput('Unknown task result', `${on}: ${token}`, Object.keys(RESULTS).join(', '));
    return phase => phase(task) === wanted;
  }

  function chain(operator: '||' | '&&'): Logic {
    const next = operator === '||' ? () => chain('&&') : operand;
    const parts = [next()];
    while (tokens[at] === operator) {
      at += 1;
      parts.push(next());
    }
    return operator === '||' ? phase => parts.some(part => part(phase)) : phase => parts.every(part => part(phase));
  }

  const holds = chain('||');
  if (at !== tokens.length) throw wrong();
  return { tasks: [...tasks], holds };
}

function tokenize(text: string, on: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (found?.[1] === undefined)
      throw badInput('Not a depends expression', `${on}: ${text}`, 'use task names, &&, || and !');
    tokens.push(found[1]);
  }
  return tokens;
}
