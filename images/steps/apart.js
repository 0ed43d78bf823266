import { readdirSync, readFileSync } from 'node:fs';
import { resolve as absolute } from 'node:path';

/** Bundles of their own, by the module that each begins with: what imports it lazily finds it beside itself. */
const ON_FIRST_USE = {
  kubernetes: 'lib/clients/kubernetes-library.ts',
  s3: 'lib/clients/s3-library.ts',
  run: 'local/cli.ts',
};

/** What all bundles must have in common: a failure is known by its class, and a secret must be known wherever text leaves. */
const IN_COMMON = ['lib/runtime/failure.ts', 'lib/runtime/redact.ts'];

/** What the programs do, and not what can be typed: program.js has only that, so that --help reads nothing else. */
const workOf = () => {
  const steps = readdirSync('steps').map(step => `steps/${step}/run.ts`);
  const named = [...readFileSync('bin/programs.ts', 'utf8').matchAll(/import\('\.\.\/([^']+)'\)/g)].map(
    ([, path]) => path,
  );
  return [...steps, ...named.filter(path => !path.startsWith('steps/') && path !== ON_FIRST_USE.run)];
};

export const ENTRIES = { ...ON_FIRST_USE, work: 'generated:work', runtime: 'generated:runtime' };

/** An esbuild plugin: what is in which bundle. */
export const apart = () => ({
  name: 'apart',
  setup({ onLoad, onResolve }) {
    const beside = new Map(Object.entries(ON_FIRST_USE).map(([name, path]) => [absolute(path), `./${name}.js`]));
    const inCommon = new Set(IN_COMMON.map(path => absolute(path)));
    const work = new Set(workOf().map(path => absolute(path)));
    const required = path => `require(${JSON.stringify(path)})`;

    onResolve({ filter: /^generated:/ }, ({ path }) => ({ path, namespace: 'generated' }));
    onLoad({ filter: /^generated:work$/ }, () => {
      const loaders = [...work].map(path => `${JSON.stringify(path)}: () => ${required(path)}`);
      return { contents: `export const load = { ${loaders.join(', ')} };`, resolveDir: '.' };
    });
    onLoad({ filter: /^generated:runtime$/ }, () => ({
      contents: [...inCommon].map(path => `export * from ${JSON.stringify(path)};`).join('\n'),
      resolveDir: '.',
    }));

    onResolve({ filter: /^\.\/(work|aftersync)\.js$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'at-work' }, ({ path }) => ({
      contents: `module.exports = require('./work.js').load[${JSON.stringify(path)}]();`,
    }));
    onResolve({ filter: /^\.\.?\// }, ({ importer, kind, path, resolveDir }) => {
      const module = absolute(resolveDir, path);
      if (inCommon.has(module) && !inCommon.has(importer)) return { path: './runtime.js', external: true };
      if (kind !== 'dynamic-import') return;
      if (work.has(module)) return { path: module, namespace: 'at-work' };
      return beside.has(module) ? { path: beside.get(module), external: true } : undefined;
    });
  },
});
