#!/usr/bin/env node
// dist/aftersync.js: starts program.js, with the compiled code that `node code-cache.js` has kept beside it. Node refuses what
// another version, or a machine with other instructions, compiled: then it compiles anew, and only time is lost.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

// What libraries will have to change is nothing for who reads the log of a step.
process.noDeprecation = true;

const modules = new Map();
const scripts = new Map();

/** Like require, for a bundle beside this file. */
function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const filename = join(__dirname, name);
  // esbuild writes ASCII.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`;
  const script = new Script(source, { filename, cachedData: kept(`${filename}.cache`) });
  const module = { exports: {} };
  modules.set(name, module);
  scripts.set(filename, script);
  const requireBeside = id => (id.startsWith('./') ? load(id.slice(2)) : require(id));
  script.runInThisContext()(module.exports, requireBeside, module, filename, __dirname);
  return module.exports;
}

function kept(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

if (require.main === module) load('program.js');
module.exports = { load, scripts };
