import tab from '@bomb.sh/tab';
import { Argument } from 'commander';
import { commandLine, runProgram } from '../lib/runtime/program.ts';

/** @bomb.sh/tab makes scripts for these; each asks `aftersync complete` at every press of the key. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const NAME = 'aftersync';
const HELP = `
Examples:
  source <(aftersync completion bash)                                    # in ~/.bashrc; wants the package bash-completion
  source <(aftersync completion zsh)                                     # in ~/.zshrc, after compinit
  aftersync completion fish >~/.config/fish/completions/aftersync.fish

Exit codes: 0 done, 2 no such shell.`;

export const createProgram = () =>
  commandLine('completion', 'A script that makes your shell complete commands, flags and their values.', HELP)
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action(printScript);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

function printScript(shell: Shell): void {
  const setup = () => tab.setup(NAME, NAME, shell);
  if (shell === 'bash') onceInBash(setup);
  else setup();
}

/** The script declares constants, which bash takes once a session; and without a default bash completes no names of files. */
function onceInBash(setup: () => void): void {
  process.stdout.write(`if ! declare -F __${NAME}_complete >/dev/null; then\n`);
  setup();
  process.stdout.write(`complete -o default -F __${NAME}_complete ${NAME}\nfi\n`);
}
