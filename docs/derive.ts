import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { derivedFiles } from './derive/files.ts';

/**
 * Writes what is derived from the contracts and the programs: docs/reference, docs/configuration.md, the tables of
 * docs/security.md, the flag tables of the steps and .vscode/launch.json. With --check it writes nothing, names each file that differs and exits 1.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const derived = await derivedFiles(root);
const stray = readdirSync(join(root, 'docs/reference'))
  .map(name => `docs/reference/${name}`)
  .filter(path => !derived.has(path));
const differing = [...derived].filter(([path, text]) => textAt(path) !== text).map(([path]) => path);

if (process.argv.includes('--check')) {
  for (const path of [...differing, ...stray]) process.stderr.write(`${path} differs; npm run derive\n`);
  process.exitCode = differing.length + stray.length > 0 ? 1 : 0;
} else {
  for (const path of differing) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), derived.get(path) ?? '');
    process.stderr.write(`${path} written\n`);
  }
  for (const path of stray) rmSync(join(root, path));
}

function textAt(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}
