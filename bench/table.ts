import type { Row } from './figure.ts';

const HEADINGS = ['figure', 'ours', 'reference', 'ratio', 'target', ''] as const;
const VERDICTS = { true: 'reached', false: 'NOT reached', null: '' } as const;

/** The rows as a table of Markdown, in columns that also a terminal shows aligned. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, ours, reference, ratio, target, holds }) => [
    ...[what, ours, reference, ratio === null ? '' : ratio.toFixed(2), target],
    VERDICTS[`${holds}`],
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(3, heading.length, ...cells.map(row => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return `${[line(HEADINGS), line(widths.map(width => '-'.repeat(width))), ...cells.map(line)].join('\n')}\n`;
}

export const milliseconds = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
export const mebibytes = (mib: number): string => `${mib.toFixed(mib < 10 ? 2 : 0)} MiB`;
