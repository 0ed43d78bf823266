/** One line of block-style YAML, as far as a single line tells. */
export interface YamlLine {
  /** Column of the dash of a list item, or of the key. */
  lead: number;
  dash: boolean;
  /** Column of the key. */
  column: number;
  /** null where the line is no `key: value`. */
  key: string | null;
  /** What stands after the colon. */
  value: string;
}

const LINE = /^( *)(- )?(?:([^\s:"'#{[-][^:"']*|"[^"]*"|'[^']*'):(?: (.*))?$)?/;

/** @returns null for an empty line and for a comment, which say nothing of the structure */
export function readYamlLine(line: string): YamlLine | null {
  if (/^\s*(#|$)/.test(line)) return null;
  const [, spaces = '', dashed, key, value] = LINE.exec(line) ?? [];
  const dash = dashed !== undefined || /^ *-$/.test(line);
  const lead = spaces.length;
  // An item that is no object is a value by itself.
  const text = key === undefined && dashed !== undefined ? line.slice(lead + 2) : (value ?? '');
  return { lead, dash, column: lead + (dash ? 2 : 0), key: key ?? null, value: text.trim() };
}

/** What is below such a line is text, whatever it looks like. */
export const opensBlockText = (line: YamlLine): boolean => /^[|>][-+0-9]*$/.test(line.value);

/** A scalar as written, without its quotes. */
export function readScalar(value: string): string {
  const [, double, single] = /^(?:"([^"\\]*)"|'([^']*)')/.exec(value) ?? [];
  return double ?? single ?? value.replace(/ #.*$/, '').trim();
}
