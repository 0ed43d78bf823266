import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { badInput } from '../lib/runtime/failure.ts';

/** The checkout that holds the pipeline: this file's, or the one above the bundle. */
export function findRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'workflow-templates', 'post-deployment.yaml'))) return at;
  throw badInput('No checkout', 'workflow-templates/', 'run this in a clone of the repository');
}

/** The same form of the program that runs this: its sources under tsx, or the bundle. */
export function programOf(root: string): string[] {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts'))
    return [
      '--import',
      pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
      join(root, 'bin', 'aftersync.ts'),
    ];
  return [join(root, 'dist', 'aftersync.js')];
}
