import { dirname } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { loadDefinition } from '../../local/template.ts';

const definition = await loadDefinition('.');
const steps = [...definition.templates.values()]
  .flatMap(owner => owner.spec.templates)
  .filter(template => template.container !== undefined);

const programOf = async (step: string): Promise<Command> =>
  (await import(`../../steps/${step}/cli.ts`)).createProgram();

describe.each(steps)('$name', ({ name, container, inputs, outputs }) => {
  const given = (container?.args ?? []).map(arg => arg.replace(/=.*/s, ''));
  const env = (container?.env ?? []).map(variable => variable.name);

  it('is given flags that its program has, and every flag that it must have', async () => {
    const program = await programOf(name);
    expect(program.name()).toBe(name);
    const flags = program.options.map(option => option.long);
    for (const flag of given) expect(flags).toContain(flag);
    const required = program.options.filter(option => option.mandatory && !env.includes(option.envVar ?? ''));
    for (const option of required) expect(given).toContain(option.long);
    expect(new Set(given).size).toBe(given.length);
  });

  it('has a configuration and a ledger where its program takes one from the environment', async () => {
    const program = await programOf(name);
    const fromEnvironment = program.options.flatMap(option => (option.envVar ? [option.envVar] : []));
    for (const variable of ['AFTERSYNC_CONFIG', 'AFTERSYNC_LEDGER'])
      expect(env.includes(variable), variable).toBe(fromEnvironment.includes(variable));
  });

  it('gives each artifact under the flag of its name', () => {
    const flagOf = (artifact: string) => (artifact === 'event' ? '--event-file' : `--${artifact}`);
    for (const artifact of inputs.artifacts)
      expect(container?.args).toContain(`${flagOf(artifact.name)}={{inputs.artifacts.${artifact.name}.path}}`);
    const written = outputs.artifacts.map(({ name, path }) => [
      `--out={{outputs.artifacts.${name}.path}}`,
      dirname(path),
    ]);
    for (const [flag, directory] of written)
      expect([flag, `--out=${directory}`].some(out => container?.args.includes(out ?? ''))).toBe(true);
  });
});
