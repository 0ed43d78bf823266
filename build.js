// Bundles the program for the image: dist/aftersync.js and chunks that are loaded by the step that needs them.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['bin/aftersync.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // CommonJS packages inside an ES module ask for require and __filename (write-file-atomic names its temporary files by it).
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module'; import { fileURLToPath as $toPath } from 'node:url'; const require = $createRequire(import.meta.url); const __filename = $toPath(import.meta.url);",
  },
  logLevel: 'warning',
});
