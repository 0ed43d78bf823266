import { readFile } from 'node:fs/promises';
import { resolve as absolute } from 'node:path';

/**
 * An esbuild plugin: what the bundle is made without.
 * - axios: fetch, forms and HTTP/2, of which steps use nothing, and which take longer to load than the rest of it. Merely to see
 *   whether globalThis has FormData loads all of Node's fetch.
 * - client-node: modules of which nothing is used; all of them only define things.
 * @param onFirstUse bundles that are made beside this one, by the module that each begins with
 */
export const leftOut = onFirstUse => ({
  name: 'left-out',
  setup({ onLoad, onResolve, resolve }) {
    const beside = new Map(Object.entries(onFirstUse).map(([name, path]) => [absolute(path), `./${name}.js`]));
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      const bundle = kind === 'dynamic-import' ? beside.get(absolute(resolveDir, path)) : undefined;
      return bundle === undefined ? undefined : { path: bundle, external: true };
    });
    onResolve({ filter: /^\.\/aftersync\.js$/ }, ({ path }) => ({ path, external: true }));

    onResolve({ filter: /^(form-data|http2|\.\/fetch\.js)$/ }, ({ importer, path }) =>
      importer.includes('/node_modules/axios/lib/') ? { path, namespace: 'nothing' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'nothing' }, ({ path }) => ({ contents: NOTHING[path] }));
    onLoad({ filter: /\/node_modules\/axios\/lib\/utils\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace("typeof G.FormData !== 'undefined' ? G.FormData : undefined", 'undefined');
      if (contents === source) throw new Error(`${path} has changed: see whether it still asks for FormData`);
      return { contents };
    });

    onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === 'asked' || !/node_modules\/@kubernetes\/client-node\//.test(`${from.importer}${path}/`))
        return;
      const found = await resolve(path, { ...from, pluginData: 'asked' });
      return found.path.includes('/@kubernetes/client-node/') ? { ...found, sideEffects: false } : undefined;
    });
  },
});

const NOTHING = {
  'form-data': 'export default class FormData {}',
  http2: 'export default { constants: {} };',
  './fetch.js': 'export const getFetch = () => false; export default false;',
};
