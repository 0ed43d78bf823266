// Bundles the programs for the image: dist/aftersync.js, which starts dist/program.js, what that loads when it is asked to do
// something (images/steps/apart.js), and the differ. At the end it keeps their compiled code beside them, for this machine's Node; images/steps/Dockerfile does
// the same for that of the image. Usage: node build.js [DIRECTORY]
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { apart, ENTRIES } from './images/steps/apart.js';
import { leftOut } from './images/steps/left-out.js';

/** What images/steps/code-cache.js runs the programs on: text by path below steps/, without the folder samples. */
async function samples() {
  const texts = {};
  for (const path of await readdir('steps', { recursive: true }))
    if (/\/samples\/[^/]+\.\w+$/.test(path))
      texts[path.replace('/samples', '')] = await readFile(`steps/${path}`, 'utf8');
  return texts;
}

const [directory = 'dist'] = process.argv.slice(2);
await rm(directory, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    program: 'bin/aftersync.ts',
    // argocd starts it by its path: KUBECTL_EXTERNAL_DIFF.
    'external-differ': 'steps/diff-images/external-differ.ts',
    'code-cache': 'images/steps/code-cache.js',
    ...ENTRIES,
  },
  outdir: directory,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  // Node keeps no compiled code of ES modules beyond what ran while they were loaded, and an import of node:http from one
  // loads all of fetch: images/steps/start.js.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: {
    'import.meta.url': '$moduleUrl',
    'import.meta.resolve': 'undefined',
    SAMPLES: JSON.stringify(await samples()),
  },
  banner: { js: "const $moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [apart(), leftOut()],
  metafile: true,
  logLevel: 'warning',
});
await copyFile('images/steps/start.js', `${directory}/aftersync.js`);
await writeFile(`${directory}/package.json`, '{ "type": "commonjs" }\n');
execFileSync(process.execPath, [`${directory}/code-cache.js`], { stdio: ['ignore', 'ignore', 'inherit'] });

// Which packages are in it: images/describe.ts makes the SBOM of the image from it.
await mkdir('.aftersync', { recursive: true });
await writeFile('.aftersync/metafile.json', JSON.stringify(metafile));
