import { parse, stringify } from 'yaml';
import { parseConfiguration } from '../../lib/runtime/configuration.ts';

/** A value that is taken, and one that is refused with what is said of it; both as YAML in one line. */
export interface Sample {
  example: string;
  wrong: string;
  message: string;
}

/** Of all keys at once: what stands in a list or a map is there once. */
type Document = Record<string, unknown>;

/** What people write by mistake; the first that the key does not take is shown. */
const MISTAKES = {
  boolean: ['maybe'],
  number: [100_000, '10s'],
  string: ['no such!', 42],
  list: ['one'],
  map: [['one']],
} as const;

/**
 * The example of a key, and what the program says of a wrong value: it is asked.
 * @param complete a configuration that has every key, YAML
 * @param path as the tables have it: environments.rules[].project, instances.<key>.url
 * @throws Error where the example lacks the key, or is refused itself
 */
export function sampleOf(complete: string, path: string): Sample {
  const parts = path.replaceAll('[]', '.[]').split('.');
  const document: Document = parse(complete);
  if (messageOf(document, path) !== null) throw new Error(`the example is refused: ${messageOf(document, path)}`);
  const value = valueAt(document, parts);
  if (value === undefined) throw new Error(`the example has no ${path}`);
  for (const wrong of MISTAKES[kindOf(value)]) {
    const message = messageOf(withValue(document, parts, wrong), path);
    if (message !== null) return { example: inline(value), wrong: inline(wrong), message };
  }
  throw new Error(`${path} takes everything`);
}

/** The first thing that is said of a document, without the path; null where it is taken. */
function messageOf(document: unknown, path: string): string | null {
  const parsed = parseConfiguration(stringify(document));
  if (parsed.configuration !== null) return null;
  if (parsed.notYaml !== null) throw new Error(`${path}: ${parsed.notYaml}`);
  return parsed.problems[0]?.what.replace(/^`[^`]*`: /, '') ?? null;
}

const kindOf = (value: unknown): keyof typeof MISTAKES => {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'number' ? 'number' : 'string';
};

/** What stands in a document for a part of a path: the first entry of a list that has the next part, the first key of a map. */
function nameIn(holder: unknown, part: string, next: string | undefined): string {
  if (part !== '[]' && part !== '<key>') return part;
  const entries = Object.entries(holder ?? {});
  const [name] = entries.find(([, entry]) => next === undefined || Object.hasOwn(entry, next)) ?? entries[0] ?? [part];
  return name;
}

function valueAt(holder: unknown, [part, ...rest]: readonly string[]): unknown {
  if (part === undefined || holder === undefined) return holder;
  return valueAt((holder as Document)[nameIn(holder, part, rest[0])], rest);
}

function withValue(holder: unknown, [part = '', ...rest]: readonly string[], value: unknown): unknown {
  const name = nameIn(holder, part, rest[0]);
  const inner = rest.length === 0 ? value : withValue((holder as Document)[name], rest, value);
  if (Array.isArray(holder)) return holder.map((entry, index) => (String(index) === name ? inner : entry));
  return { ...(holder as Document), [name]: inner };
}

const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim();
