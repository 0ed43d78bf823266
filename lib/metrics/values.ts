import { join } from 'node:path';
import { writeOutput } from '../runtime/files.ts';

/** What a program tells Prometheus: output parameters of its template by their names, which become metrics there. */
export type MetricValues = Record<string, number | string>;

/** @param directory where nobody asked for them, nothing is written */
export async function tellMetrics(values: MetricValues, directory: string | undefined): Promise<void> {
  if (directory === undefined) return;
  for (const [name, value] of Object.entries(values)) await writeOutput(join(directory, name), String(value));
}

/** Seconds since 1970, as Prometheus has times. @param at RFC 3339 */
export const toUnixSeconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
