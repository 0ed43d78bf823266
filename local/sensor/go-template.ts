import { badInput } from '../../lib/runtime/failure.ts';
import { FUNCTIONS } from './go-functions.ts';
import { printed } from './go-print.ts';
import { closing, split, type Token, tokensOf, unsupported } from './go-tokens.ts';
import { Missing, TemplateError } from './go-value.ts';

/*
 * The part of Go's text/template that a Sensor's parameter needs: text, fields, variables, pipelines of the functions in
 * go-functions.ts. Anything else is refused by name, because Argo Events takes the default of a template that it cannot read.
 */

const ACTION = /\{\{(-\s)?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\}).)*?)(\s-)?\}\}/gs;
const CONTROL = /^(?:if|else|end|range|with|define|template|block|break|continue)$/;

/**
 * What Go prints for a template.
 * @param on the place in the Sensor, for the message
 * @throws TemplateError where Go fails, too; Failure 2 where the template needs what is not supported
 */
export function execute(template: string, input: unknown, on: string): string {
  const variables = new Map<string, unknown>([['$', { Input: input }]]);
  let out = '';
  let end = 0;
  let trims = false;
  const text = (literal: string) => (trims ? literal.trimStart() : literal);
  for (const match of template.matchAll(ACTION)) {
    const [whole, before, body = '', after] = match;
    const literal = text(template.slice(end, match.index));
    out += before === undefined ? literal : literal.trimEnd();
    out += /^\/\*.*\*\/$/s.test(body.trim()) ? '' : action(tokensOf(body, on), variables, on);
    end = match.index + whole.length;
    trims = after !== undefined;
  }
  const rest = text(template.slice(end));
  if (rest.includes('{{')) throw badInput('Template is not supported', `${on}: ${rest}`, 'close every action with }}');
  return out + rest;
}

/** One action: a pipeline, whose value is printed, or a variable that is given one. */
function action(tokens: readonly Token[], variables: Map<string, unknown>, on: string): string {
  const [first, second] = tokens;
  const assigns = first?.kind === 'name' && first.text.startsWith('$') && /^:?=$/.test(second?.text ?? '');
  if (!assigns || second?.kind !== 'sign') return printed(pipeline(tokens, variables, on), on);
  if (second.text === '=' && !variables.has(first.text)) throw new TemplateError(`undefined variable "${first.text}"`);
  variables.set(first.text, pipeline(tokens.slice(2), variables, on));
  return '';
}

function pipeline(tokens: readonly Token[], variables: ReadonlyMap<string, unknown>, on: string): unknown {
  const commands = split(tokens);
  let piped: unknown[] = [];
  for (const command of commands) {
    const [head] = command;
    if (head === undefined) throw new TemplateError('missing value for command');
    piped = [run(command, piped)];
  }
  return piped[0] ?? Missing;

  function run(command: readonly Token[], given: readonly unknown[]): unknown {
    const [head, ...rest] = command;
    if (head?.kind === 'name' && !head.text.startsWith('$') && !/^(?:nil|true|false)$/.test(head.text)) {
      if (CONTROL.test(head.text)) throw unsupported(head.text, on);
      const call = FUNCTIONS[head.text];
      if (call === undefined || !Object.hasOwn(FUNCTIONS, head.text)) throw unsupported(head.text, on);
      return call([...operands(rest), ...given], `${on}: ${head.text}`);
    }
    const [value, ...more] = operands(command);
    if (more.length > 0 || given.length > 0) throw new TemplateError(`can't give argument to non-function`);
    return value;
  }

  /** The values of operands that follow one another, each perhaps with fields behind it. */
  function operands(list: readonly Token[]): unknown[] {
    const values: unknown[] = [];
    for (let at = 0; at < list.length; ) {
      const token = list[at];
      if (token === undefined) break;
      if (token.kind === 'sign' && token.text === '(') {
        const close = closing(list, at);
        values.push(pipeline(list.slice(at + 1, close), variables, on));
        at = close + 1;
      } else {
        values.push(operand(token));
        at += 1;
      }
      const fields = list[at];
      if (fields?.kind === 'fields' && !fields.spaced) {
        values.push(fieldsOf(values.pop(), fields.text));
        at += 1;
      }
    }
    return values;
  }

  function operand({ kind, text }: Token): unknown {
    if (kind === 'text') return text;
    if (kind === 'number') return BigInt(text);
    if (kind === 'fields') return fieldsOf(variables.get('$'), text);
    if (text === '.') return variables.get('$');
    if (text === 'true' || text === 'false') return text === 'true';
    if (text.startsWith('$')) {
      if (!variables.has(text)) throw new TemplateError(`undefined variable "${text}"`);
      return variables.get(text);
    }
    throw unsupported(text, on);
  }
}

/** A name that is missing is no value, and so is what is below it; null and texts have no fields. */
function fieldsOf(start: unknown, fields: string): unknown {
  let value = start;
  for (const name of fields.slice(1).split('.')) {
    if (value === Missing) continue;
    if (value === null) throw new TemplateError(`nil pointer evaluating interface {}.${name}`);
    if (typeof value !== 'object' || Array.isArray(value)) throw new TemplateError(`can't evaluate field ${name}`);
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : Missing;
  }
  return value;
}
