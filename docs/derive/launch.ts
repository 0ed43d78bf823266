import type { Command } from 'commander';

/** Wherever the node of the person is: no program of VS Code has to be installed for it. */
const NODE = {
  type: 'node',
  request: 'launch',
  console: 'integratedTerminal',
  cwd: '${workspaceFolder}',
  skipFiles: ['<node_internals>/**', '**/node_modules/**'],
};
const TSX = { ...NODE, runtimeArgs: ['--import', 'tsx'] };

const FIXED = [
  {
    name: 'test: this file',
    ...NODE,
    program: '${workspaceFolder}/node_modules/vitest/vitest.mjs',
    args: ['run', '${relativeFile}'],
  },
  { name: 'npm start', ...TSX, program: '${workspaceFolder}/local/cli.ts', args: [] },
  {
    name: 'npm start: incomplete',
    ...TSX,
    program: '${workspaceFolder}/local/cli.ts',
    args: ['--sample', 'incomplete'],
  },
  { name: 'aftersync doctor', ...TSX, program: '${workspaceFolder}/bin/aftersync.ts', args: ['doctor'] },
];

/** .vscode/launch.json: every step on the example of its --help, `npm start`, and the test that is open. */
export function launchFile(steps: readonly { name: string; program: Command }[]): string {
  const configurations = [
    ...FIXED,
    ...steps.map(({ name, program }) => ({ name: `step: ${name}`, ...TSX, ...exampleOf(program) })),
  ];
  return `${JSON.stringify({ version: '0.2.0', configurations }, null, 2)}\n`;
}

/** @throws Error where the example is no command of one program */
function exampleOf(program: Command): { program: string; args: string[]; env: Record<string, string> } {
  let help = '';
  program.configureOutput({ writeOut: text => (help += text) }).outputHelp();
  const text = /^Examples?:\n(.*?)\n\n/ms.exec(help)?.[1]?.replaceAll('\\\n', ' ') ?? '';
  const words = text.trim().split(/\s+/);
  const [assignments, [npx, tsx, script, ...args]] = [
    words.filter(isAssignment),
    words.filter(word => !isAssignment(word)),
  ];
  if (npx !== 'npx' || tsx !== 'tsx' || script === undefined || /['"]/.test(text))
    throw new Error(`${program.name()}: the example is not npx tsx PROGRAM WORD…`);
  const env = Object.fromEntries(assignments.map(word => word.split(/=(.*)/s, 2)));
  return { program: `\${workspaceFolder}/${script}`, args, env };
}

const isAssignment = (word: string): boolean => /^[A-Z_]+=/.test(word);
