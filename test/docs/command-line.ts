import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { PROGRAMS, SCRIPTS } from './repository.ts';

/** A reader may leave these away where a sentence names the command only. */
const LEFT_OUT = ['commander.missingMandatoryOptionValue', 'commander.missingArgument', 'commander.help'];

/** Programs of development that npm installs here. */
const OWN_TOOLS = ['biome', 'tsc', 'vitest'];

/** What is wrong with a command of our own programs; null where it is not one of ours. */
export async function problemsOfOurs(words: readonly string[], inline: boolean): Promise<string[] | null> {
  const [first = '', second = '', third = '', ...rest] = words;
  if (first === 'aftersync') return parsed(words.slice(1), inline);
  if (first === 'npx' && second === 'tsx') {
    if (third === 'bin/aftersync.ts') return parsed(rest, inline);
    return existsSync(third) ? parsedBy(third, rest, inline) : [`no such program: ${third}`];
  }
  if (first === 'npx' && OWN_TOOLS.includes(second)) return [];
  if (first === 'npx') return [`${second} is no program of a clone: npx tsx …`];
  if (first === 'npm') return npm(second, third, rest, inline);
  if (first === 'tsx') return ['tsx is found by npx alone'];
  if (!existsSync(join('.', first)) || !first.includes('/')) return null;
  const script = readFileSync(first, 'utf8');
  return words.filter(word => word.startsWith('--') && !script.includes(word)).map(flag => `${first} has no ${flag}`);
}

async function npm(verb: string, third: string, rest: string[], inline: boolean): Promise<string[]> {
  if (['ci', 'audit'].includes(verb)) return [];
  const script = verb === 'run' ? third : verb;
  if (!SCRIPTS.has(script)) return [`package.json has no script ${script}`];
  if (script === 'new-step')
    return parsedBy(
      'local/new-step/cli.ts',
      rest.filter(word => word !== '--'),
      inline,
    );
  if (script === 'dev')
    return parsed(
      rest.filter(word => word !== '--'),
      inline,
    );
  return script === 'start' && third === '--' ? parsedBy('local/cli.ts', rest, inline) : [];
}

async function parsed([name = '', ...argv]: readonly string[], inline: boolean): Promise<string[]> {
  if (name === '--help' || (inline && name === '')) return [];
  const module = PROGRAMS.get(name);
  return module === undefined ? [`aftersync has no ${name}`] : parsedBy(module, argv, inline);
}

async function parsedBy(module: string, argv: readonly string[], inline: boolean): Promise<string[]> {
  const { createProgram }: { createProgram: () => Command } = await import(`../../${module}`);
  const program = createProgram();
  for (const command of withAll(program)) {
    if (command.commands.length === 0) command.action(() => {});
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return [];
  } catch (error) {
    if (!(error instanceof CommanderError)) return [`${module}: ${error instanceof Error ? error.message : error}`];
    if (error.code === 'commander.helpDisplayed' || (inline && LEFT_OUT.includes(error.code))) return [];
    return [`${module}: ${error.message}`];
  }
}

const withAll = (program: Command): Command[] => [program, ...program.commands.flatMap(withAll)];
