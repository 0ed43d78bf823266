import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { workspace } from '../support/run-step.ts';
import { problemsOfOurs } from './command-line.ts';

const Configuration = z.strictObject({
  name: z.string(),
  type: z.literal('node'),
  request: z.literal('launch'),
  console: z.literal('integratedTerminal'),
  cwd: z.literal('${workspaceFolder}'),
  skipFiles: z.array(z.string()),
  program: z.string().startsWith('${workspaceFolder}/'),
  args: z.array(z.string()),
  runtimeArgs: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const { configurations } = z
  .strictObject({ version: z.literal('0.2.0'), configurations: z.array(Configuration) })
  .parse(JSON.parse(readFileSync('.vscode/launch.json', 'utf8')));
const programOf = ({ program }: z.infer<typeof Configuration>) => program.replace('${workspaceFolder}/', '');
const ours = configurations.filter(one => programOf(one).endsWith('.ts'));

describe('.vscode/launch.json', () => {
  it('has every step', () => {
    expect(configurations.flatMap(({ name }) => /^step: (.*)$/.exec(name)?.[1] ?? [])).toEqual(
      readdirSync('steps').sort(),
    );
  });

  it.each(configurations)('starts a program that is there: $name', configuration => {
    expect(existsSync(programOf(configuration))).toBe(true);
  });

  it.each(ours)('gives it flags that it takes and files that are there: $name', async configuration => {
    expect(await problemsOfOurs(['npx', 'tsx', programOf(configuration), ...configuration.args], false)).toEqual([]);
    const files = configuration.args.flatMap(word => /(?:^|=)(steps\/.*)$/.exec(word)?.[1] ?? []);
    expect(files.filter(file => !existsSync(file))).toEqual([]);
  });

  it('starts a step as VS Code would', async () => {
    const step = configurations.find(({ name }) => name === 'step: diff-images');
    if (step === undefined) throw new Error('no diff-images');
    const out = (await workspace()).path('image-diff.json');
    const args = step.args.map((word, at) => (step.args[at - 1] === '--out' ? out : word));
    const { exitCode } = await execa('node', [...(step.runtimeArgs ?? []), programOf(step), ...args], {
      reject: false,
    });
    expect(exitCode).toBe(0);
    expect(existsSync(out)).toBe(true);
  });
});
