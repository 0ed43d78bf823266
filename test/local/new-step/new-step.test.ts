import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { main } from '../../../local/new-step/cli.ts';
import { runStep } from '../../support/run-step.ts';

const ABSENT = ['.git', '.aftersync', 'node_modules', 'dist', 'coverage'];
const LINTED = ['bin', 'docs', 'lib/contracts', 'steps/made-by-a-test', 'test/steps/made-by-a-test'];
const CHECKS = [
  ['tsc', '--noEmit'],
  ['biome', 'check', '--error-on-warnings', ...LINTED],
  ['tsx', 'docs/derive.ts', '--check'],
];
const MINUTES = 60_000;

/** A checkout of its own, with the packages of this one. */
function checkout(): string {
  const root = mkdtempSync(join(tmpdir(), 'aftersync-new-step-'));
  for (const name of readdirSync('.')) if (!ABSENT.includes(name)) cpSync(name, join(root, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  return root;
}

describe('npm run new-step', () => {
  it.each([
    ['Smoke', [], 'Not the name of a step'],
    ['a--b', [], 'Not the name of a step'],
    ['../x', [], 'Not the name of a step'],
    ['well-named', ["--description=It's `here`."], 'Not a plain sentence'],
    ['report', [], 'The name is taken'],
    ['deployment', [], 'The name is taken'],
    ['records', [], 'The name is taken'],
  ])('refuses %s %j with one line', async (name, flags, message) => {
    const { exitCode, output } = await runStep(main, [name, ...flags]);
    expect([exitCode, output]).toEqual([2, expect.stringContaining(message)]);
  });

  it(
    'writes a step that passes types, lint, derived files, the tests of manifests and its own',
    async () => {
      const root = checkout();
      const here = { cwd: root, all: true, reject: false, extendEnv: true, env: { VITEST: undefined } } as const;
      const made = await execa(
        'npm',
        ['run', 'new-step', 'made-by-a-test', '--', '--description', 'Asks a service.'],
        here,
      );
      expect(made, made.all).toMatchObject({ exitCode: 0 });
      for (const check of CHECKS) {
        const checked = await execa('npx', check, here);
        expect(checked, checked.all).toMatchObject({ exitCode: 0 });
      }
      const files = ['test/steps/made-by-a-test', 'test/manifests', 'test/bin', 'test/docs/blocks.test.ts'];
      const tested = await execa('npx', ['vitest', 'run', ...files], here);
      expect(tested, tested.all).toMatchObject({ exitCode: 0 });
      expect(tested.all).toContain('steps/made-by-a-test');
      const sample = readFileSync(join(root, 'steps/made-by-a-test/README.md'), 'utf8');
      expect(sample).toContain('| `--deployment <file>` | yes');
    },
    10 * MINUTES,
  );
});
