/** One figure: what was measured beside its reference of the same run. */
export const printFigure = (figure: string, ours: string, reference: string, ratio: number): boolean =>
  process.stdout.write(`${figure} | ${ours} | ${reference} | ${ratio.toFixed(2)}\n`);

/** A figure that could not be measured here. */
export const printSkipped = (figure: string, why: string): boolean =>
  process.stdout.write(`${figure} | skipped: ${why} | |\n`);

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
