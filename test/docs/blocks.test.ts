import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command as Program } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { Configuration } from '../../lib/contracts/configuration.ts';
import { type Block, blocksOf, inlineCommandsOf } from './blocks.ts';
import { problemsOfCluster } from './cluster-command.ts';
import { problemsOfOurs } from './command-line.ts';
import { PROGRAMS } from './repository.ts';
import { type Command, commandsOf } from './shell.ts';

const PAGES = [
  'README.md',
  ...readdirSync('docs').flatMap(name => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ...readdirSync('steps').map(step => `steps/${step}/README.md`),
  'event-sources/argocd/README.md',
  'local/sensor/README.md',
].filter(page => existsSync(page));

/** Programs of others, which nothing here runs. */
const OTHERS = ['argocd', 'aws', 'cosign', 'base64', 'code', 'openssl', 'rm', 'source'];
/** What the reader brings. */
const BROUGHT = ['tls.crt', 'tls.key', 'before.yaml'];
const FOLDERS = /^(?:deploy|docs|event-sources|images|lib|local|sensors|steps|test|workflow-templates)\//;

const fenced = PAGES.flatMap(blocksOf);
const inline = PAGES.flatMap(inlineCommandsOf);
const title = ({ page, line, language }: Block) => ({ at: `${page}:${line}`, language });
const named = (blocks: Block[]) => blocks.map(block => ({ ...block, ...title(block) }));

/** Files that the commands of a page before a line leave behind, by redirection or by a flag. */
function writtenBefore({ page, line }: Block): Set<string> {
  const before = fenced.filter(block => block.page === page && block.line <= line && block.language === 'sh');
  const commands = before.flatMap(({ text }) => commandsOf(text));
  return new Set([...BROUGHT, ...commands.flatMap(writtenBy)]);
}

const writtenBy = ({ words, writes }: Command): string[] => [
  ...writes,
  ...words.flatMap((word, at) => (/^--?out$/.test(word) ? [words[at + 1] ?? ''] : [])),
];

const pathsIn = ({ words }: Command): string[] =>
  words.map(word => word.replace(/^--?[\w-]+=/, '')).filter(word => FOLDERS.test(word));

/** Steps that a page makes with `npm run new-step`: test/local/new-step makes one, and runs the commands of its README. */
const madeOn = (page: string): string[] =>
  fenced
    .filter(block => block.page === page && block.language === 'sh')
    .flatMap(({ text }) => commandsOf(text))
    .flatMap(({ words }) => (words[2] === 'new-step' ? [`/${words[3]}`] : []));

async function problemsOf(block: Block): Promise<string[]> {
  const found: string[] = [];
  const made = madeOn(block.page);
  for (const command of commandsOf(block.text)) {
    if (command.words.some(word => made.some(step => word.includes(step)))) continue;
    const { words } = command;
    const ofCluster = problemsOfCluster(words, writtenBefore(block));
    const problems = ofCluster ?? (await problemsOfOurs(words, block.language === 'inline'));
    if (problems === null && !OTHERS.includes(words[0] ?? '')) found.push(`nothing checks ${words[0]}`);
    found.push(...(problems ?? []));
    if (ofCluster === null) found.push(...pathsIn(command).flatMap(path => (existsSync(path) ? [] : [`no ${path}`])));
  }
  return found;
}

/** A fragment of the configuration: each section whole, other sections left out. */
function configurationProblems(fragment: unknown): string[] {
  const schema = z.strictObject(Configuration.shape).partial();
  return schema.safeParse(fragment).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a command in a page', () => {
  it.each(named([...fenced.filter(({ language }) => language === 'sh'), ...inline]))(
    '$at ($language) is one that its program knows',
    async block => expect(await problemsOf(block)).toEqual([]),
  );

  it.each([
    ['aftersync nosuch', /aftersync has no nosuch/],
    ['aftersync records list --nosuch', /unknown option '--nosuch'/],
    ['npx tsx steps/report/cli.ts', /required option '--out <file>'/],
    ['npx aftersync records list', /no program of a clone/],
    ['npm run nosuch', /no script nosuch/],
    ['images/build --nosuch', /has no --nosuch/],
    ['kubectl apply -k deploy/nosuch', /no kustomization/],
    ['kubectl apply -f nosuch.yaml', /nobody wrote nosuch.yaml/],
    ['kubectl get nosuches', /no type/],
    ['kubectl get pods -l sensor-name=nosuch', /no manifest holds nosuch/],
    ['kubectl create secret generic nosuch', /no manifest wants the Secret nosuch/],
    ['kubectl create rolebinding x --clusterrole=aftersync-nosuch', /no manifest holds aftersync-nosuch/],
    ['argo submit --from cronwf/nosuch', /no manifest makes cronwf.nosuch/],
    ['x=$(kubectl get nosuches) | true', /nosuches(.|\n)*nothing checks true/],
  ])('would be noticed: %s', async (text, expected) => {
    const found = await problemsOf({ page: 'README.md', line: 0, language: 'sh', text });
    expect(found.join('\n')).toMatch(expected);
  });
});

describe('the example in --help', () => {
  const modules = [...new Set([...PROGRAMS.values(), 'local/new-step/cli.ts'])];
  it.each(modules)('of %s is a command that its program takes', async module => {
    const { createProgram }: { createProgram: () => Program } = await import(`../../${module}`);
    const program = createProgram();
    for (const command of [program, ...program.commands]) {
      let help = '';
      command.configureOutput({ writeOut: text => (help += text) }).outputHelp();
      expect(help).toMatch(/^Exit codes: 0 /m);
      const [, text = ''] = /^Examples?:\n(.*?)\n\n/ms.exec(help) ?? [];
      expect(text).not.toBe('');
      const made = module === 'local/new-step/cli.ts' ? 'docs/extend.md' : module;
      expect(await problemsOf({ page: made, line: 0, language: 'sh', text })).toEqual([]);
    }
  });
});

describe('a link in a page', () => {
  const links = PAGES.flatMap(page =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => ({
      page,
      to,
    })),
  );
  it.each(links)('leads from $page to $to', ({ page, to }) => {
    expect(existsSync(join(dirname(page), to))).toBe(true);
  });
});

describe('any other block in a page', () => {
  it.each(named(fenced))('$at says in which language it is', ({ language }) => {
    expect(['json', 'mermaid', 'sh', 'text', 'ts', 'yaml']).toContain(language);
  });

  it.each(named(fenced.filter(({ language }) => language === 'yaml')))('$at is YAML that means something', block => {
    for (const document of parseAllDocuments(block.text)) {
      expect(document.errors).toEqual([]);
      const value = z.record(z.string(), z.unknown()).parse(document.toJS());
      if (!('kind' in value)) expect(configurationProblems(value)).toEqual([]);
    }
  });

  it.each(named(fenced.filter(({ language }) => language === 'json')))('$at is JSON', ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it('would be noticed where a key of the configuration is misspelt', () => {
    expect(configurationProblems({ archive: { bukket: 'x', bucket: 'records', region: 'y' } })).toEqual([
      expect.stringContaining('bukket'),
    ]);
  });
});

describe('a page that says `aftersync`', () => {
  const pages = [
    ...new Set(
      [...fenced, ...inline]
        .filter(({ page }) => !page.startsWith('steps/'))
        .filter(({ text }) => /(^|\s)aftersync \w/.test(text))
        .map(({ page }) => page),
    ),
  ];

  it.each(pages)('%s says what that is in a clone', page => {
    expect(readFileSync(page, 'utf8')).toContain('npx tsx bin/aftersync.ts');
  });

  it('is held against every sub-command', () => {
    expect(PROGRAMS.size).toBe(readFileSync('bin/programs.ts', 'utf8').match(/import\('\.\.?\//g)?.length);
  });
});
