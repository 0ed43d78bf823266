// Bundles the programs for the image: dist/aftersync.js, chunks that are loaded by the step that needs them, and the differ.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    aftersync: 'bin/aftersync.ts',
    // argocd starts it by its path: KUBECTL_EXTERNAL_DIFF.
    'external-differ': 'steps/diff-images/external-differ.ts',
  },
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
  metafile: true,
  logLevel: 'warning',
});

// Which packages are in it: images/describe.ts makes the SBOM of the image from it.
await mkdir('.aftersync', { recursive: true });
await writeFile('.aftersync/metafile.json', JSON.stringify(metafile));
