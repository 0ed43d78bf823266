import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a program wrote for --metrics-out, by the names of its template's output parameters. */
export async function metricFiles(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async name => [name, await readFile(join(directory, name), 'utf8')] as const)),
  );
}
