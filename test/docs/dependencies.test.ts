import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const README = readFileSync('README.md', 'utf8');
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;
const [, table = ''] = /## Dependencies\n(.*?)\n\n(?!\|)/s.exec(README) ?? [];
const rows = [...table.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)]
  .slice(1)
  .map(([, names = '', why = '']) => ({ names, why }));
const why = (name: string) => rows.find(({ names }) => names.split(', ').includes(name))?.why ?? '';
const development = rows.find(({ names }) => names === '*development*')?.why ?? '';

/** Every package that a file of the product imports. */
const imported = ['alerts', 'bin', 'dead-letters', 'doctor', 'lib', 'records', 'steps', 'local']
  .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)))
  .filter(path => path.endsWith('.ts'))
  .flatMap(path => [...readFileSync(path, 'utf8').matchAll(/(?:from |import\()'((?:@[\w.-]+\/)?[a-z][\w.:-]*)/g)])
  .map(([, name = '']) => name)
  .filter(name => !name.startsWith('node:'));

describe('dependencies in README.md', () => {
  it.each(Object.keys(dependencies))('%s has a reason', name => expect(why(name)).toMatch(/\w{3}/));

  it.each(Object.keys(devDependencies).filter(name => !name.startsWith('@types/')))('%s is named', name => {
    expect(development).toContain(name.replace('@biomejs/', ''));
  });

  it('names none that is not there', () => {
    const names = rows.flatMap(row => row.names.split(', ')).filter(name => name !== '*development*');
    expect(names.sort()).toEqual(Object.keys(dependencies).sort());
  });

  it('are all that the programs import', () => {
    const declared = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
    expect([...new Set(imported)].filter(name => !declared.has(name))).toEqual([]);
  });

  it('are all imported', () => {
    expect(Object.keys(dependencies).filter(name => !imported.includes(name))).toEqual([]);
  });
});
