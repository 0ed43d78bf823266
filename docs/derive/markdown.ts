import type { Field } from './fields.ts';

/** A table of Markdown, columns aligned as the formatter does. Cells are text of ours: only what would end a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map(row => row.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...cells.map(row => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map(width => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

/** Code within a line. */
export const code = (text: string): string => `\`${text}\``;

/** Text that may hold `<placeholders>`, which Markdown would take for elements. Code is left as it is. */
export const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map(part => (part.startsWith('`') ? part : part.replaceAll('<', '\\<').replaceAll('*', '\\*')))
    .join('');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The cells that all field tables share: where it stands and of which type it is. */
export const fieldCells = ({ path, type }: Field): [string, string] => [code(path), code(type)];

/** What stands at the top of each file that docs/derive.ts writes. */
export const GENERATED = '<!-- Written by `npm run derive` from lib/contracts. Do not edit. -->';
