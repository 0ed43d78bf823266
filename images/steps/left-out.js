import { readFile } from 'node:fs/promises';

/**
 * An esbuild plugin: what the bundle is made without.
 * - axios: fetch, forms and HTTP/2, of which steps use nothing, and which take longer to load than the rest of it. Merely to see
 *   whether globalThis has FormData loads all of Node's fetch.
 * - commander: child processes, for commands that are programs of their own.
 * - client-node: modules of which nothing is used; all of them only define things.
 */
export const leftOut = () => ({
  name: 'left-out',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /^(form-data|http2|\.\/fetch\.js)$/ }, ({ importer, path }) =>
      importer.includes('/node_modules/axios/lib/') ? { path, namespace: 'nothing' } : undefined,
    );
    onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
      importer.includes('/node_modules/commander/lib/') ? { path, namespace: 'nothing' } : undefined,
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
  'node:child_process': 'export {};',
  http2: 'export default { constants: {} };',
  './fetch.js': 'export const getFetch = () => false; export default false;',
};
