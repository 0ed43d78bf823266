import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One directory for everything that a run of the tests leaves behind, gone when it ends. */
export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'aftersync-tests-'));
  process.env.TMPDIR = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}
