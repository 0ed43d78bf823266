import { createHash } from 'node:crypto';
import { badInput } from '../../lib/runtime/failure.ts';
import { format } from './go-print.ts';
import { Missing, TemplateError } from './go-value.ts';

/** A function of a template: its arguments, the piped one last, and the place in the Sensor for messages. */
export type TemplateFunction = (args: readonly unknown[], on: string) => unknown;

/** Those of Go and of sprig that are supported, with sprig's order of arguments. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  b64dec: text((value, on) => decoded(value, on)),
  b64enc: text(value => Buffer.from(value).toString('base64')),
  contains: texts(2, ([part = '', value = '']) => value.includes(part)),
  default: (args, on) => {
    const [fallback, value] = counted(args, 2, on);
    return isEmpty(value) ? fallback : value;
  },
  fromJson: ([value, ...more], on) => {
    counted([value, ...more], 1, on);
    return value instanceof NotBase64 ? null : parsed(asText(value));
  },
  hasPrefix: texts(2, ([prefix = '', value = '']) => value.startsWith(prefix)),
  hasSuffix: texts(2, ([suffix = '', value = '']) => value.endsWith(suffix)),
  int: (args, on) => integer(counted(args, 1, on)[0], on),
  int64: (args, on) => integer(counted(args, 1, on)[0], on),
  lower: text((value, on) => ascii(value, on).toLowerCase()),
  printf: ([pattern, ...values], on) => format(asText(pattern), values, on),
  regexFind: (args, on) => {
    const [pattern, value] = counted(args, 2, on).map(asText);
    return expression(pattern ?? '', on).exec(value ?? '')?.[0] ?? '';
  },
  replace: texts(3, ([old = '', by = '', value = '']) => value.replaceAll(old, () => by)),
  sha256sum: text(value => createHash('sha256').update(value).digest('hex')),
  toJson: (args, on) => escaped(json(counted(args, 1, on)[0], on)),
  toRawJson: (args, on) => json(counted(args, 1, on)[0], on),
  trim: text(value => value.trim()),
  trimAll: texts(2, ([characters = '', value = '']) => trimmed(value, characters)),
  trimPrefix: texts(2, ([prefix = '', value = '']) => (value.startsWith(prefix) ? value.slice(prefix.length) : value)),
  trimSuffix: texts(2, ([suffix = '', value = '']) =>
    suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
  ),
  trunc: (args, on) => {
    const [length, value] = counted(args, 2, on);
    return truncated(Number(integer(length, on)), asText(value), on);
  },
  upper: text((value, on) => ascii(value, on).toUpperCase()),
};

function counted(args: readonly unknown[], wanted: number, on: string): readonly unknown[] {
  if (args.length !== wanted) throw new TemplateError(`${on}: want ${wanted} arguments, got ${args.length}`);
  return args;
}

function text(call: (value: string, on: string) => unknown): TemplateFunction {
  return (args, on) => call(asText(counted(args, 1, on)[0]), on);
}

function texts(count: number, call: (values: string[]) => unknown): TemplateFunction {
  return (args, on) => call(counted(args, count, on).map(asText));
}

function asText(value: unknown): string {
  if (value instanceof NotBase64)
    throw badInput('Template is not supported', value.on, 'only fromJson takes what b64dec could not decode');
  if (typeof value !== 'string') throw new TemplateError('wrong type for value; expected string');
  return value;
}

/** sprig returns Go's message in place of the text; it is not repeated here, byte for byte. */
class NotBase64 {
  readonly on: string;
  constructor(on: string) {
    this.on = on;
  }
}

function decoded(value: string, on: string): unknown {
  const compact = value.replace(/[\r\n]/g, '');
  const isBase64 = compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
  return isBase64 ? Buffer.from(compact, 'base64').toString('utf8') : new NotBase64(on);
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

const isEmpty = (value: unknown): boolean =>
  value === Missing ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  value === 0n ||
  (typeof value === 'object' && Object.keys(value).length === 0);

function integer(value: unknown, on: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(Math.trunc(value))) return BigInt(Math.trunc(value));
  throw badInput('Template is not supported', `${on}: of another value than a number`, 'give it a number');
}

/** What means the same to Go's RE2 and here: no escapes, no groups. */
function expression(pattern: string, on: string): RegExp {
  if (/^[^\\()]*$/.test(pattern)) return new RegExp(pattern);
  throw badInput('Template is not supported', `${on}: a pattern with \\ or (…)`, 'write it with [ ] and { }');
}

function ascii(value: string, on: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant
  if (/^[\u0000-\u007f]*$/.test(value)) return value;
  throw badInput('Template is not supported', `${on}: of text beyond ASCII`, 'give it ASCII');
}

/** Go counts bytes. */
function truncated(length: number, value: string, on: string): string {
  const bytes = Buffer.from(value);
  if (bytes.length <= Math.abs(length)) return value;
  const cut = (length < 0 ? bytes.subarray(length) : bytes.subarray(0, length)).toString('utf8');
  if (cut.includes('\ufffd') && !value.includes('\ufffd'))
    throw badInput('Template is not supported', `${on}: in the middle of a character`, 'cut between characters');
  return cut;
}

function trimmed(value: string, characters: string): string {
  const unwanted = new Set(characters);
  const kept = [...value];
  while (kept.length > 0 && unwanted.has(kept[0] ?? '')) kept.shift();
  while (kept.length > 0 && unwanted.has(kept.at(-1) ?? '')) kept.pop();
  return kept.join('');
}

/** As Go's encoding/json: names in order, no spaces. */
function json(value: unknown, on: string): string {
  if (value === Missing) return 'null';
  if (value instanceof NotBase64) return asText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return JSON.stringify(value).replace(/[\u2028\u2029]/g, unicode);
  if (Array.isArray(value)) return `[${value.map(item => json(item, on)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([name, member]) => `${json(name, on)}:${json(member, on)}`).join(',')}}`;
}

const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const escaped = (text: string): string => text.replace(/[<>&]/g, unicode);
