import { badInput } from '../../lib/runtime/failure.ts';
import { floatText, Missing } from './go-value.ts';

/** What an action of a template prints. @throws Failure 2 for objects and lists, which Go prints in its own syntax */
export function printed(value: unknown, on: string): string {
  return value === Missing || value === null ? '<no value>' : plain(value, on);
}

/** printf with %s %v %d %q and %%. @throws Failure 2 for other verbs */
export function format(text: string, values: readonly unknown[], on: string): string {
  const rest = [...values];
  const out = text.replace(/%(.?)/gs, (_, verb: string) => {
    if (verb === '%') return '%';
    if (!/^[svdq]$/.test(verb)) throw badInput('Format is not supported', `${on}: %${verb}`, '%s %v %d %q and %% are');
    if (rest.length === 0) return `%!${verb}(MISSING)`;
    return verbOf(verb, rest.shift(), on);
  });
  if (rest.length > 0) throw badInput('Format is not supported', `${on}: ${text}`, 'use every value of printf');
  return out;
}

function verbOf(verb: string, value: unknown, on: string): string {
  if (value === Missing || value === null) return verb === 'v' ? '<nil>' : `%!${verb}(<nil>)`;
  const fits = { s: 'string', q: 'string', d: 'bigint' }[verb];
  if (verb === 'q' && typeof value === 'string' && /^[ -~]*$/.test(value)) return JSON.stringify(value);
  if (verb === 'q') throw badInput('Format is not supported', `${on}: %q`, 'quote plain text only');
  if (fits === undefined || typeof value === fits) return plain(value, on);
  const type = { number: 'float64', bigint: 'int', boolean: 'bool', string: 'string' }[typeof value as string];
  return `%!${verb}(${type}=${plain(value, on)})`;
}

function plain(value: unknown, on: string): string {
  if (typeof value === 'number') return floatText(value);
  if (typeof value === 'object')
    throw badInput('Printing is not supported', `${on}: an object or a list`, 'use toJson');
  return String(value);
}
