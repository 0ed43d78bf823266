import { execa } from 'execa';
import type { Figure, Row } from './figure.ts';

/** A figure of a program of its own, which prints `figure | ours | reference | ratio` a line. */
export const script = (description: string, file: string, target: number | null): Figure => ({
  description,
  rounds: 1,
  async measure() {
    const { stdout } = await execa('npx', ['tsx', file], { stderr: 'inherit' });
    return stdout.split('\n').flatMap(line => rowsOf(line, target));
  },
});

/** @returns none where the line is a remark */
export function rowsOf(line: string, target: number | null): Row[] {
  const [what, ours, reference = '', told = ''] = line.split('|').map(cell => cell.trim());
  if (what === undefined || ours === undefined) return [];
  const ratio = told === '' ? null : Number(told);
  const holds = ratio === null || target === null ? null : ratio <= target;
  return [{ what, ours, reference, ratio, target: target === null ? '' : `<= ${target} x`, holds }];
}
