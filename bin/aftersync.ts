import { Command, CommanderError } from 'commander';
import { ExitCode } from '../lib/runtime/failure.ts';
import { runAsProcess, say } from '../lib/runtime/program.ts';
import { PROGRAMS } from './programs.ts';

const HELP = `
Examples:
  aftersync doctor
  aftersync records list --help
  aftersync completion bash

Exit codes: 0 done, 1 refused or something is missing, 2 bad input or configuration, 75 try again.`;

let exitCode: number = ExitCode.done;
const program = new Command('aftersync')
  .description('Everything that must happen after an Argo CD sync')
  .addHelpText('after', HELP)
  .helpCommand(false)
  .exitOverride()
  .configureOutput({ outputError: () => {} });
for (const [name, { description, hidden = false, load }] of Object.entries(PROGRAMS))
  program
    .command(name, { hidden })
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .argument('[args...]')
    .action(async (args: string[]) => {
      const { main } = await load();
      exitCode = await main(args);
    });

/** For images/steps/code-cache.js. */
export const programs = PROGRAMS;

void runAsProcess('aftersync', async () => {
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return ExitCode.done;
    say(`aftersync: ${error.message.replace(/^error: /, '')}; see aftersync --help`);
    return ExitCode.input;
  }
});
