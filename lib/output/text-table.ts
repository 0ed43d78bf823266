import { oneLine } from '../runtime/outside-text.ts';
import { styled } from './print.ts';

/** Columns as kubectl prints them: as wide as their widest cell, three blanks between them. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map(row => row.map(cell => oneLine(cell)));
  const widths = header.map((title, column) => Math.max(title.length, ...clean.map(row => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd();
  return [styled('bold', line(header)), ...clean.map(line)].join('\n');
}
