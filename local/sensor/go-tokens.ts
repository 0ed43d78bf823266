import { badInput } from '../../lib/runtime/failure.ts';
import { FUNCTIONS } from './go-functions.ts';
import { TemplateError } from './go-value.ts';

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*"|`[^`]*`)|(-?\d+(?![\w.]))|(\$\w*|[a-zA-Z]\w*)|((?:\.\w+)+)|(:=|[|()=.]))/y;

/** `spaced`: white space stands before it, so that fields are an operand of their own. */
export type Token = { kind: 'text' | 'number' | 'name' | 'fields' | 'sign'; text: string; spaced: boolean };

/** The tokens of one action. @throws Failure 2 where it holds what is not supported */
export function tokensOf(body: string, on: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (body.slice(TOKEN.lastIndex).trim() !== '') {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(body);
    if (match === null) throw unsupported(body.slice(from).trim(), on);
    const [whole, literal, number, name, fields, sign] = match;
    const spaced = /^\s/.test(whole);
    if (literal !== undefined) tokens.push({ kind: 'text', text: unquoted(literal, on), spaced });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, spaced });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, spaced });
    else if (fields !== undefined) tokens.push({ kind: 'fields', text: fields, spaced });
    else tokens.push({ kind: 'sign', text: sign ?? '', spaced });
  }
  return tokens;
}

function unquoted(literal: string, on: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  // The escapes that Go and JSON share.
  if (/\\[^"\\bfnrt]/.test(literal.replaceAll('\\\\', ''))) throw unsupported(literal, on);
  return JSON.parse(literal) as string;
}

/** The commands between the bars that stand in no parentheses. */
export function split(tokens: readonly Token[]): Token[][] {
  const commands: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'sign') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (token.kind === 'sign' && token.text === '|' && depth === 0) commands.push([]);
    else commands.at(-1)?.push(token);
  }
  return commands;
}

/** Where the parenthesis that opens there is closed. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (const [at, { kind, text }] of tokens.entries()) {
    if (at < open || kind !== 'sign') continue;
    depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    if (depth === 0) return at;
  }
  throw new TemplateError('unclosed left paren');
}

/** @param on the place in the Sensor */
export const unsupported = (what: string, on: string) =>
  badInput(
    'Template is not supported',
    `${on}: ${what}`,
    `fields, variables, pipelines, and ${Object.keys(FUNCTIONS).join(' ')} are`,
  );
