import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { sampleOf } from '../../docs/derive/configuration-values.ts';
import { CONFIGURATION, CONTRACTS, type DocumentedContract } from '../../docs/derive/contracts.ts';
import { fieldsOf } from '../../docs/derive/fields.ts';
import { derivedFiles } from '../../docs/derive/files.ts';
import { withFlags } from '../../docs/derive/flags.ts';
import { documentedSchema, publishedSchema } from '../../docs/derive/json-schema.ts';
import { Configuration } from '../../lib/contracts/configuration.ts';

const fields = (schema: z.ZodType, io: DocumentedContract['io'] = 'output') =>
  fieldsOf(documentedSchema({ ...CONFIGURATION, schema, io }));

describe('derived files', () => {
  it('are what npm run derive writes', async () => {
    const differing = [];
    for (const [path, text] of await derivedFiles('.'))
      if ((await readFile(path, 'utf8').catch(() => null)) !== text) differing.push(path);
    expect(differing, 'npm run derive').toEqual([]);
  });

  it('pass the check of the command line', async () => {
    const check = await new Promise(resolve => {
      execFile(process.execPath, ['--import=tsx', 'docs/derive.ts', '--check'], (error, _, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      );
    });
    expect(check).toEqual({ code: 0, stderr: '' });
  });
});

describe.each([...CONTRACTS, CONFIGURATION])('contract $name', contract => {
  it('describes itself and each of its fields', () => {
    const schema = documentedSchema(contract);
    const undescribed = fieldsOf(schema).filter(field => field.description === '');
    expect([schema.description ?? '', undescribed.map(field => field.path)]).toEqual([expect.stringMatching(/\w/), []]);
  });

  it('has a JSON Schema of draft 2020-12', () => {
    expect(publishedSchema(contract)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: contract.name,
      type: 'object',
    });
  });
});

describe('configuration page', () => {
  const page = readFile('docs/configuration.md', 'utf8');

  it('holds an example that is a complete configuration', async () => {
    const example = /```yaml\n(.*?)```/s.exec(await page)?.[1] ?? '';
    expect(Configuration.parse(parseYaml(example))).toMatchObject({ environments: { default: 'staging' } });
  });

  it('lists every key', async () => {
    const text = await page;
    const missing = fields(Configuration, 'input').filter(
      ({ path, type }) => type !== 'object' && !text.includes(`\`${path}\``) && !text.includes(`## ${path}\n`),
    );
    expect(missing).toEqual([]);
  });
});

describe('a key of the configuration page', () => {
  const COMPLETE = readFileSync('docs/derive/configuration.complete.yaml', 'utf8');

  it.each([
    ['jet.concurrency', '4', '100000', /^Too big: /],
    ['alerts.channels[].fields', '{ urgency: "2" }', '[ one ]', /^Invalid input: expected record/],
    ['instances.<key>.url', 'https://argocd.example.com', 'no such!', /^not an http/],
  ])('has an example and says what is answered to a mistake: %s', (path, example, wrong, message) => {
    expect(sampleOf(COMPLETE, path)).toEqual({ example, wrong, message: expect.stringMatching(message) });
  });

  it.each([
    [
      'is in no example',
      COMPLETE.replace(/ {2}skewSeconds.*\n/, ''),
      'changeWindow.skewSeconds',
      /has no changeWindow/,
    ],
    ['has an example that is refused', COMPLETE.replace('images: all', 'images: 1'), 'jet.url', /example is refused/],
  ])('is not written where it %s', (_, complete, path, message) => {
    expect(() => sampleOf(complete, path)).toThrow(message);
  });
});

describe('fields of a schema', () => {
  it.each([
    ['text', z.string().describe('d'), [['x', 'string', 'd']]],
    ['null beside it', z.string().nullable().describe('d'), [['x', 'string or null', 'd']]],
    ['one value', z.literal('v1').describe('d'), [['x', '"v1"', 'd']]],
    ['a choice', z.enum(['a', 'b']).describe('d'), [['x', '"a" | "b"', 'd']]],
    ['a range', z.number().positive().max(9).describe('d'), [['x', 'number, above 0 and at most 9', 'd']]],
    ['a list, described by its entries', z.array(z.string().describe('d')), [['x', 'list of string', 'd']]],
    ['a named type', z.string().meta({ title: 'Digest', description: 'd' }).nullable(), [['x', 'Digest or null', 'd']]],
    [
      'an object',
      z.strictObject({ y: z.boolean().describe('e') }).describe('d'),
      [
        ['x', 'object', 'd'],
        ['x.y', 'boolean', 'e'],
      ],
    ],
    [
      'a list of objects',
      z.array(z.strictObject({ y: z.int().min(0).describe('e') })).describe('d'),
      [
        ['x', 'list of object', 'd'],
        ['x[].y', 'integer, at least 0', 'e'],
      ],
    ],
    [
      'a map',
      z.record(z.string(), z.strictObject({ y: z.string() })).describe('d'),
      [
        ['x', 'map of object', 'd'],
        ['x.<key>.y', 'string', ''],
      ],
    ],
  ])('show %s', (_, schema, expected) => {
    expect(
      fields(z.strictObject({ x: schema })).map(({ path, type, description }) => [path, type, description]),
    ).toEqual(expected);
  });

  it('tell what may be left out, and what it is then', () => {
    const shape = z.strictObject({ a: z.string(), b: z.string().optional(), c: z.string().default('x') });
    expect(fields(shape, 'input').map(field => [field.path, field.required, field.default])).toEqual([
      ['a', true, undefined],
      ['b', false, undefined],
      ['c', false, 'x'],
    ]);
  });
});

describe('flags in a README', () => {
  const program = new Command('step')
    .requiredOption('--out <file>', 'where to')
    .addOption(new Option('--strategy <name>', 'how | why').choices(['a', 'b']).default('a').env('STRATEGY'));

  it('stand between the markers, and nothing else changes', () => {
    const once = withFlags('before\n<!-- flags -->\nold\n<!-- /flags -->\nafter\n', program);
    expect(once.replace(/ {2,}/g, ' ').replace(/-{4,}/g, '---')).toBe(
      'before\n<!-- flags -->\n| Flag | Required | Description |\n| --- | --- | --- |\n| `--out <file>` | yes | where to |\n' +
        '| `--strategy <name>` | no | how \\| why; one of `a`, `b`; default `a`; or environment variable `STRATEGY` |\n<!-- /flags -->\nafter\n',
    );
    expect(withFlags(once, program)).toBe(once);
  });

  it('need both markers', () => {
    expect(withFlags('<!-- flags -->\nkept', program)).toBe('<!-- flags -->\nkept');
  });
});
