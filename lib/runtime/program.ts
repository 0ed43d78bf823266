import { realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import { ExitCode, Failure } from './failure.ts';
import { oneLine } from './outside-text.ts';
import { unwritable } from './write-file.ts';

/** A program that runProgram runs: it says what is wrong by its exit code and one line. @param help what follows the flags */
export function commandLine(name: string, description: string, help: string): Command {
  return new Command(name)
    .description(description)
    .addHelpText('afterAll', `\n${help.trim()}`)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
}

/** The command line that every step shares. `example` is a command that works in a clone. */
export function stepProgram(name: string, description: string, example: string): Command {
  const help = `Example:\n  ${example}\n\nExit codes: 0 done, 1 refused or incomplete, 2 bad input or configuration, 75 try again.`;
  return commandLine(name, description, help)
    .requiredOption('--out <file>', 'where the artifact is written')
    .addOption(new Option('--config <file>', 'configuration document').env('AFTERSYNC_CONFIG'));
}

/**
 * Runs a program and answers with its exit code; never throws. A failure is one line on stderr and, in a pod, the message
 * of the node (Argo Workflows shows the termination log there).
 */
export async function runProgram(program: Command, argv: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(argv, { from: 'user' });
    return ExitCode.done;
  } catch (error) {
    const [code, line] = explain(program.name(), error);
    if (line !== null) report(line);
    return code;
  }
}

function explain(program: string, error: unknown): [number, string | null] {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return [ExitCode.done, null];
    return [ExitCode.input, `${program}: ${error.message.replace(/^error: /, '')}; see ${program} --help`];
  }
  if (error instanceof Failure) return [error.exitCode, `${program}: ${error.message}`];
  // A bug. Only the message and the place: the error itself may hold a request with its credentials.
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const place = /\n\s+at .*?([^\s/()]+:\d+:\d+)\)?/.exec(stack ?? '')?.[1] ?? 'unknown place';
  return [ExitCode.refused, `${program}: Unexpected ${name} at ${place}: ${message}; this is a bug, please report it`];
}

function report(line: string): void {
  const clean = oneLine(line);
  process.stderr.write(`${clean}\n`);
  try {
    writeFileSync(process.env.AFTERSYNC_TERMINATION_LOG ?? '/dev/termination-log', clean, { flag: 'r+' });
  } catch {
    // Not in a pod: the file exists only there, and r+ does not create it.
  }
}

/** A progress line for a person, on stderr. */
export function say(message: string): void {
  process.stderr.write(`${oneLine(message)}\n`);
}

/** Runs main when the module is the program, and never when it is imported. */
export async function runWhenInvoked(
  moduleUrl: string,
  main: (argv: readonly string[]) => Promise<number>,
): Promise<void> {
  const invoked = process.argv[1];
  if (invoked === undefined || realpathSync(invoked) !== fileURLToPath(moduleUrl)) return;
  await runAsProcess(basename(dirname(invoked)), () => main(process.argv.slice(2)));
}

/**
 * Runs a program as this process, and ends it with its exit code. Node.js ends with 0 where nothing is left to wait for, also
 * when a promise will never be settled: until main has ended, the program has failed.
 * @param name for messages
 */
export async function runAsProcess(name: string, main: () => Promise<number>): Promise<void> {
  process.exitCode = ExitCode.refused;
  const unfinished = () => {
    report(
      `${name}: Ended before it was finished: it waits for nothing that can happen; run it again, and report this bug`,
    );
  };
  process.once('beforeExit', unfinished);
  process.on('uncaughtException', error => {
    report(explain(name, error)[1] ?? '');
    process.exit(ExitCode.refused);
  });
  let unwritten: number = ExitCode.done;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever read it has seen enough.
      if (error.code === 'EPIPE' || unwritten !== ExitCode.done) return;
      const failure = unwritable(error, stream === process.stdout ? 'stdout' : 'stderr');
      unwritten = failure.exitCode;
      report(`${name}: ${failure.message}`);
    });
  process.once('exit', code => {
    if (code === ExitCode.done) process.exitCode = unwritten;
  });
  process.exitCode = await main();
  process.off('beforeExit', unfinished);
}
