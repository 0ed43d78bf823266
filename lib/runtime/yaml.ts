import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isCollection,
  isPair,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  type SchemaOptions,
} from 'yaml';
import { badInput } from './failure.ts';

/** Deeper than any object of Kubernetes: what nests more is made to be costly. */
const MAX_DEPTH = 500;
/** Values that the aliases of one document may repeat, all together. A chart needs a few thousand, a bomb millions. */
const MAX_REPEATED = 1_000_000;

export interface YamlOptions {
  /** last: of two equal keys the last one counts, as for kubectl. */
  repeatedKeys?: 'last' | 'refused';
  customTags?: SchemaOptions['customTags'];
}

/**
 * Every document of a text from outside, YAML or JSON.
 * @param on the flag, file or command that the text came from
 * @throws Failure 2 that names document, line and reason
 */
export function readYamlDocuments(text: string, on: string, remedy: string, options: YamlOptions = {}): unknown[] {
  try {
    return parseYamlDocuments(text, options);
  } catch (error) {
    if (error instanceof NotYaml) throw badInput('Neither YAML nor JSON', `${on}, ${error.message}`, remedy);
    throw error;
  }
}

/** The only document of a text from outside, null where it is empty. @throws Failure 2, see readYamlDocuments */
export function readYaml(text: string, on: string, remedy: string, options: YamlOptions = {}): unknown {
  const documents = readYamlDocuments(text, on, remedy, options).filter(document => document !== null);
  if (documents.length > 1) throw badInput('Not one document', `${on}: ${documents.length}`, remedy);
  return documents[0] ?? null;
}

/** Why a text is not read. The message names document and line. */
export class NotYaml extends Error {
  override readonly name = 'NotYaml';
}

/**
 * The one way in which YAML from outside is read. Merge keys count, and a quoted text may go on in a line that is not indented,
 * both as for kubectl. An empty document is null, so that the others keep their numbers.
 * @throws NotYaml, also where it nests too deeply or its aliases repeat too much
 */
export function parseYamlDocuments(text: string, options: YamlOptions = {}): unknown[] {
  const json = readJson(text);
  const found: unknown[] = [];
  try {
    for (const value of json === undefined ? readDocuments(text, options) : [json.value]) {
      if (isDeep(value)) throw new Error(TOO_DEEP);
      found.push(value);
    }
    return found;
  } catch (error) {
    const { line, message } = error as { line?: number; message: string };
    const where = `document ${found.length + 1}${line === undefined ? '' : `, line ${line}`}`;
    throw new NotYaml(`${where}: ${withoutText(message)}`);
  }
}

/** JSON is YAML too, but is read many times faster as what it is. */
function readJson(text: string): { value: unknown } | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap(one => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

function* readDocuments(text: string, options: YamlOptions): Generator<unknown> {
  const lines = new LineCounter();
  for (const document of parse(text, lines, options)) {
    const [error] = document.errors;
    if (error !== undefined) throw new Unreadable(error.message, lines.linePos(error.pos[0]).line);
    checkAliases(document);
    yield document.toJS({ maxAliasCount: -1 });
  }
}

/** Files that were joined keep their byte order marks, each at the start of a document. */
function* parse(
  text: string,
  lines: LineCounter,
  { repeatedKeys, customTags }: YamlOptions,
): Generator<Document.Parsed> {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({
    merge: true,
    uniqueKeys: repeatedKeys === 'refused',
    logLevel: 'error',
    ...(customTags === undefined ? {} : { customTags }),
  });
  lines.addNewLine(0);
  for (const lexeme of new KubectlLexer().lex(text.replace(/(?<=\n)\uFEFF/g, ''))) {
    for (const token of parser.next(lexeme)) yield* composer.next(token);
    // Before the tree is built: the composer calls itself for each level, and Node would end for want of stack.
    if (parser.stack.length > MAX_DEPTH) throw new Unreadable(TOO_DEEP, lines.linePos(parser.offset).line);
  }
  for (const token of parser.end()) yield* composer.next(token);
  yield* composer.end();
}

/** What of a lexer is not in its types: the indentation below which a text ends, and what reads a quoted one. */
const InnerLexer = Lexer as unknown as new () => {
  indentNext: number;
  lex(source: string): Iterable<string>;
  parseQuotedScalar(): Generator<string, unknown>;
};

/** By the specification a quoted text ends where a line is not indented. Go's YAML, and so kubectl, reads on to the quote. */
class KubectlLexer extends InnerLexer {
  override *parseQuotedScalar(): Generator<string, unknown> {
    const { indentNext } = this;
    this.indentNext = 0;
    const next = yield* super.parseQuotedScalar();
    this.indentNext = indentNext;
    return next;
  }
}

class Unreadable extends Error {
  readonly line: number | undefined;

  constructor(reason: string, line?: number) {
    super(reason);
    this.line = line;
  }
}

/** @throws Unreadable where the aliases of a document would repeat too many values, or one stands in what it repeats */
function checkAliases(document: Document.Parsed): void {
  const sizes = new Map<string, number | 'open'>();
  let repeated = 0;
  const sizeOfAlias = ({ source }: Alias): number => {
    const size = sizes.get(source) ?? 0;
    if (size === 'open') throw new Unreadable('an alias stands in what it repeats');
    repeated += size;
    if (repeated > MAX_REPEATED) throw new Unreadable(`its aliases repeat more than ${MAX_REPEATED} values`);
    return size;
  };
  const sizeOf = (node: unknown): number => {
    if (isAlias(node)) return sizeOfAlias(node);
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    if (!isCollection(node)) {
      if (isScalar(node) && node.anchor !== undefined) sizes.set(node.anchor, 1);
      return 1;
    }
    if (node.anchor !== undefined) sizes.set(node.anchor, 'open');
    const size = node.items.reduce<number>((sum, item) => sum + sizeOf(item), 1);
    if (node.anchor !== undefined) sizes.set(node.anchor, size);
    return size;
  };
  sizeOf(document.contents);
}

const TOO_DEEP = `it is nested more than ${MAX_DEPTH} levels deep`;

/** The library ends some of its reasons with a part of the text, which may be a secret. */
const withoutText = (reason: string): string => reason.replace(/:\s.*$/s, '');
