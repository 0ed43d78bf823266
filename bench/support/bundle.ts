import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { NODE } from './run.ts';
import { scratch } from './scratch.ts';

let made: string | undefined;

/** The bundle as the image has it, with the code that {@link NODE} compiled. @returns its directory */
export function bundle(): string {
  if (made !== undefined) return made;
  const directory = join(scratch(), 'bundle');
  execFileSync(process.execPath, ['build.js', directory], { stdio: 'inherit' });
  execFileSync(NODE, [join(directory, 'code-cache.js')], { stdio: ['ignore', 'ignore', 'inherit'] });
  made = directory;
  return directory;
}

/** What runs a program of the bundle. */
export const program = (...argv: readonly string[]): string[] => [join(bundle(), 'aftersync.js'), ...argv];
