import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';

/** Runs a step in this process as its command line would, and keeps what it said. */
export async function runStep(main: (argv: readonly string[]) => Promise<number>, argv: readonly string[]) {
  const said: string[] = [];
  const capture = (chunk: unknown) => {
    said.push(String(chunk));
    return true;
  };
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(capture);
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(capture);
  try {
    return { exitCode: await main(argv), output: said.join('') };
  } finally {
    stderr.mockRestore();
    stdout.mockRestore();
  }
}

/** A fresh directory with the given files. Objects are written as JSON. */
export async function workspace(files: Record<string, unknown> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'aftersync-'));
  const path = (name: string) => join(directory, name);
  for (const [name, content] of Object.entries(files))
    await writeFile(path(name), typeof content === 'string' ? content : JSON.stringify(content));
  return {
    directory,
    path,
    json: async <T = unknown>(name: string): Promise<T> => JSON.parse(await readFile(path(name), 'utf8')) as T,
    files: () => readdir(directory),
  };
}
