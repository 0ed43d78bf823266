import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let directory: string | undefined;

/** A directory for this run of the bench, which goes with it. */
export function scratch(): string {
  if (directory !== undefined) return directory;
  const made = mkdtempSync(join(tmpdir(), 'aftersync-bench-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  directory = made;
  return made;
}
