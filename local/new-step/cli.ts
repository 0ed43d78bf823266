import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { commandLine, runProgram, runWhenInvoked, say } from '../../lib/runtime/program.ts';
import { nameOf } from './name.ts';
import { writeStep } from './write.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HELP = `
Example:
  npm run new-step smoke-test -- --description "Asks the deployed service whether it is well."

Writes the step, its contract, template, identity and test, and registers them. docs/extend.md says what comes next.

Exit codes: 0 done, 2 bad input; nothing was written.`;

export const createProgram = () =>
  commandLine('npm run new-step', 'A new step whose output passes the checks, to be filled.', HELP)
    .argument('<name>', 'words of small letters and digits with hyphens between: smoke-test')
    .option('--description <sentence>', 'what it is for, with a full stop', 'Says what was deployed.')
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run(given: string, { description }: { description: string }): Promise<void> {
  const name = nameOf(given, description);
  const written = await writeStep(ROOT, name);
  await execa('npx', ['biome', 'check', '--write', ...written.filter(path => path.endsWith('.ts'))], { cwd: ROOT });
  await execa('npm', ['run', 'derive'], { cwd: ROOT });
  for (const path of written) say(path);
  say(
    `Now: npx vitest run test/steps/${name.kebab} && npm run check; docs/extend.md says how it comes into the pipeline`,
  );
}

void runWhenInvoked(import.meta.url, main);
