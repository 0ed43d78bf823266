// Bundles the stand-ins: node images/stand-ins/build.js DIRECTORY
import { build } from 'esbuild';

await build({
  entryPoints: { 'stand-ins': 'deploy/demo/stand-ins/server.ts' },
  outdir: process.argv[2],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
