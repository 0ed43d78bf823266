import tab, { ShellCompDirective } from '@bomb.sh/tab';
import readCommands from '@bomb.sh/tab/commander';
import { Command, type Option } from 'commander';
import { commandLine, runProgram } from '../lib/runtime/program.ts';
import { SHELLS } from './completion.ts';
import { PROGRAMS } from './programs.ts';

const HELP = `
The scripts of aftersync completion ask it: one suggestion a line, then a number that says what else the shell does.

Example:
  aftersync complete -- records list --environ

Exit codes: 0 done.`;

export const createProgram = () =>
  commandLine('complete', 'What could follow the words that were typed.', HELP)
    .argument('[words...]', 'everything after aftersync; the last one is not finished')
    .action(suggest);

export const main = (argv: readonly string[]) => runProgram(createProgram(), ['--', ...argv]);

async function suggest(words: string[]): Promise<void> {
  const program = await commandsFor(words);
  const names = valueBefore(program, words)?.flags.match(/<(file|directory|place)>/)?.[1];
  if (names !== undefined) {
    const kind = names === 'file' ? 'ShellCompDirectiveDefault' : 'ShellCompDirectiveFilterDirs';
    process.stdout.write(`:${ShellCompDirective[kind]}\n`);
    return;
  }
  readCommands(program, { completionCommandName: 'completion' });
  const completion = tab.command('completion', PROGRAMS.completion?.description ?? '');
  completion.argument('shell', complete => {
    for (const shell of SHELLS) complete(shell, '');
  });
  tab.parse(words);
}

/** Every sub-command by name, and the one that was typed with its flags: no other is loaded. */
async function commandsFor([typed]: readonly string[]): Promise<Command> {
  const program = new Command('aftersync').helpCommand(false);
  for (const [name, { description, load }] of Object.entries(PROGRAMS)) {
    // These are what the adapter adds.
    if (name === 'completion' || name === 'complete') continue;
    const command = name === typed ? (await load()).createProgram().name(name) : new Command(name);
    program.addCommand(command.description(description));
  }
  return program;
}

/** The option whose value is being typed, in a word of its own. */
function valueBefore(program: Command, words: readonly string[]): Option | undefined {
  const before = words.slice(0, -1);
  let command = program;
  for (const word of before) command = command.commands.find(one => one.name() === word) ?? command;
  const last = before.at(-1);
  const option = command.options.find(({ short, long }) => last !== undefined && [short, long].includes(last));
  return option?.required || option?.optional ? option : undefined;
}
